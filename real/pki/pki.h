// The certificates of a cluster of one server, kept in a folder: an authority of its own,
// the API server's certificate, and the administrator's.
#ifndef DRYDOCK_REAL_PKI_PKI_H_
#define DRYDOCK_REAL_PKI_PKI_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "real/pki/certificate.h"

namespace drydock::real {

struct Pki {
  KeyPair authority;
  KeyPair server;
  KeyPair admin;  // kubernetes-admin in the group system:masters.
};

// Reads the files in `folder` (ca.crt, ca.key, apiserver.crt, ...) and makes what is
// missing, no longer valid for long, or does not name all `hosts`. The authority is never
// replaced: who trusts it goes on trusting it. Private keys are their owner's only.
absl::StatusOr<Pki> EnsurePki(const std::string& folder, const std::vector<std::string>& hosts,
                              absl::Time now);

// A kubeconfig for the administrator; `server` is a URL. Without a PKI (plain HTTP) it has
// no credentials.
std::string Kubeconfig(absl::string_view server, const Pki* pki);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_PKI_PKI_H_
