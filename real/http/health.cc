#include "real/http/health.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace drydock::real {
namespace {

constexpr absl::string_view kPaths[] = {"healthz", "livez", "readyz"};

HttpResponse Text(int code, std::string body) {
  HttpResponse response;
  response.code = code;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.body = std::move(body);
  return response;
}

bool IsExcluded(const Url& url, absl::string_view check) {
  for (const auto& [key, value] : url.query) {
    if (key == "exclude" && value == check) return true;
  }
  return false;
}

}  // namespace

bool IsHealthPath(absl::string_view path) {
  const absl::string_view first = path.substr(1, path.find('/', 1) - 1);
  return std::find(std::begin(kPaths), std::end(kPaths), first) != std::end(kPaths);
}

HttpResponse AnswerHealth(const Url& url, const std::vector<HealthCheck>& checks) {
  const std::string& group = url.segments[0];
  const bool ready = group == "readyz";
  if (url.segments.size() > 2) return Text(404, "404 page not found\n");
  if (url.segments.size() == 2) {
    for (const HealthCheck& check : checks) {
      if (check.name != url.segments[1] || (!ready && !check.live)) continue;
      if (check.passes()) return Text(200, "ok");
      return Text(500, absl::StrCat("internal server error: ", check.name, " failed\n"));
    }
    return Text(404, "404 page not found\n");
  }
  std::string report;
  bool passed = true;
  for (const HealthCheck& check : checks) {
    if (!ready && !check.live) continue;
    if (IsExcluded(url, check.name)) {
      absl::StrAppend(&report, "[+]", check.name, " excluded: ok\n");
    } else if (check.passes()) {
      absl::StrAppend(&report, "[+]", check.name, " ok\n");
    } else {
      passed = false;
      absl::StrAppend(&report, "[-]", check.name, " failed: reason withheld\n");
    }
  }
  if (!passed) return Text(500, absl::StrCat(report, group, " check failed\n"));
  if (!url.HasParameter("verbose")) return Text(200, "ok");
  return Text(200, absl::StrCat(report, group, " check passed\n"));
}

}  // namespace drydock::real
