#include "real/http/api_path.h"

#include "absl/types/span.h"

namespace drydock::real {

std::optional<ApiPath> ParseApiPath(const Url& url) {
  absl::Span<const std::string> rest = url.segments;
  const auto take = [&rest] {
    const std::string& first = rest.front();
    rest.remove_prefix(1);
    return first;
  };
  if (rest.size() < 3) return std::nullopt;
  const std::string root = take();
  std::string group;
  if (root == "apis") {
    group = take();
  } else if (root != "api") {
    return std::nullopt;
  }
  if (rest.size() < 2) return std::nullopt;
  const std::string version = take();

  ApiPath path;
  if (rest.front() == "watch") {
    path.watch = true;
    take();
    if (rest.empty()) return std::nullopt;
  }
  // /namespaces/NS/RESOURCE is a resource in a namespace, unless the third is a
  // subresource of the namespace itself.
  if (rest.size() >= 3 && rest[0] == "namespaces" && rest[2] != "status" && rest[2] != "finalize") {
    take();
    path.ns = take();
  }
  path.kind = api::FindResource(group, version, take());
  if (path.kind == nullptr) return std::nullopt;
  if (!path.ns.empty() && !path.kind->namespaced) return std::nullopt;
  if (!rest.empty()) path.name = take();
  if (!rest.empty()) path.subresource = take();
  // An object of a namespaced kind is in a namespace; below a subresource there is nothing.
  if (!rest.empty() || (path.ns.empty() && path.kind->namespaced && !path.name.empty())) {
    return std::nullopt;
  }
  return path;
}

}  // namespace drydock::real
