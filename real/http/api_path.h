// Which resource a path means: /apis/GROUP/VERSION/namespaces/NS/RESOURCE/NAME/SUBRESOURCE.
#ifndef DRYDOCK_REAL_HTTP_API_PATH_H_
#define DRYDOCK_REAL_HTTP_API_PATH_H_

#include <optional>
#include <string>

#include "real/http/url.h"
#include "src/api/scheme.h"

namespace drydock::real {

struct ApiPath {
  const api::KindInfo* kind = nullptr;
  std::string ns;
  std::string name;
  std::string subresource;
  bool watch = false;  // The old form of watches: /api/v1/watch/pods.
};

// Nothing when the path means no resource: it is too short, or there is none of the name.
std::optional<ApiPath> ParseApiPath(const Url& url);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_API_PATH_H_
