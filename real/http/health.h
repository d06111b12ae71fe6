// /healthz, /livez and /readyz: named checks, all together or one by one, in the words of
// kube-apiserver.
#ifndef DRYDOCK_REAL_HTTP_HEALTH_H_
#define DRYDOCK_REAL_HTTP_HEALTH_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "real/http/message.h"
#include "real/http/url.h"

namespace drydock::real {

struct HealthCheck {
  std::string name;
  std::function<bool()> passes;
  bool live = true;  // Counts for /livez and /healthz too, not for /readyz alone.
};

// Whether a path is one of these: anybody may ask for them.
bool IsHealthPath(absl::string_view path);

// REQUIRES: IsHealthPath(url.path).
HttpResponse AnswerHealth(const Url& url, const std::vector<HealthCheck>& checks);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_HEALTH_H_
