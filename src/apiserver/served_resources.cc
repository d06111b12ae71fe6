#include "src/apiserver/served_resources.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/string_view.h"
#include "src/apiserver/auth/access.h"

namespace drydock::apiserver {
namespace {

// What the server does not answer.
constexpr absl::string_view kNotServed[] = {"ephemeralcontainers", "log", "resize"};

}  // namespace

std::vector<api::ServedResource> ServedResources(const ResourceTable& resources) {
  std::vector<api::ServedResource> served = api::ServedByScheme();
  served.erase(std::remove_if(served.begin(), served.end(),
                              [&resources](const api::ServedResource& resource) {
                                return resources.Find(*resource.kind) == nullptr &&
                                       !IsReview(*resource.kind);
                              }),
               served.end());
  for (api::ServedResource& resource : served) {
    auto& all = resource.subresources;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [](const api::ServedSubresource& subresource) {
                               return std::find(std::begin(kNotServed), std::end(kNotServed),
                                                subresource.name) != std::end(kNotServed);
                             }),
              all.end());
  }
  return served;
}

}  // namespace drydock::apiserver
