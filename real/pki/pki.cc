#include "real/pki/pki.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "real/host/files.h"
#include "src/rt/status_macros.h"

namespace drydock::real {
namespace {

// kubeadm's: ten years for the authority, one for what it signs.
constexpr absl::Duration kAuthorityLife = absl::Hours(24 * 3650);
constexpr absl::Duration kLife = absl::Hours(24 * 365);
constexpr absl::Duration kRenewBefore = absl::Hours(24 * 30);
// Clients' clocks may be behind.
constexpr absl::Duration kBackdated = absl::Minutes(5);

absl::Status Write(const std::string& path, const KeyPair& pair) {
  // The key first: a certificate without its key is of no use.
  RETURN_IF_ERROR(WriteFile(absl::StrCat(path, ".key"), pair.private_key, kOwnerOnly));
  return WriteFile(absl::StrCat(path, ".crt"), pair.certificate, kReadable);
}

// NotFound when one of the two files is missing.
absl::StatusOr<KeyPair> Read(const std::string& path) {
  absl::StatusOr<std::string> certificate = ReadFile(absl::StrCat(path, ".crt"));
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = ReadFile(absl::StrCat(path, ".key"));
  if (!key.ok()) return key.status();
  return KeyPair{*std::move(certificate), *std::move(key)};
}

absl::StatusOr<KeyPair> EnsureAuthority(const std::string& path, absl::Time now) {
  absl::StatusOr<KeyPair> kept = Read(path);
  if (kept.ok()) {
    if (IsGood(kept->certificate, kept->certificate, now) && Matches(*kept)) return kept;
    return absl::FailedPreconditionError(
        absl::StrCat(path, ".crt is not valid (any more), or ", path,
                     ".key is not its key; move both away to get a new authority, which every "
                     "client must then be told of"));
  }
  if (!absl::IsNotFound(kept.status())) return kept.status();
  absl::StatusOr<KeyPair> made = MakeAuthority({.common_name = "drydock-ca",
                                                .use = CertificateRequest::Use::kAuthority,
                                                .from = now - kBackdated,
                                                .until = now + kAuthorityLife});
  if (!made.ok()) return made.status();
  RETURN_IF_ERROR(Write(path, *made));
  return made;
}

absl::StatusOr<KeyPair> Ensure(const std::string& path, CertificateRequest request,
                               const KeyPair& authority, absl::Time now) {
  absl::StatusOr<KeyPair> kept = Read(path);
  if (!kept.ok() && !absl::IsNotFound(kept.status())) return kept.status();
  // A crash between the two files leaves a key that is not the certificate's.
  if (kept.ok() && Matches(*kept) &&
      IsGood(kept->certificate, authority.certificate, now + kRenewBefore) &&
      std::all_of(request.hosts.begin(), request.hosts.end(),
                  [&](const std::string& host) { return CoversHost(kept->certificate, host); })) {
    return kept;
  }
  request.from = now - kBackdated;
  request.until = now + kLife;
  absl::StatusOr<KeyPair> made = MakeCertificate(request, authority);
  if (!made.ok()) return made.status();
  RETURN_IF_ERROR(Write(path, *made));
  return made;
}

}  // namespace

absl::StatusOr<Pki> EnsurePki(const std::string& folder, const std::vector<std::string>& hosts,
                              absl::Time now) {
  RETURN_IF_ERROR(MakePrivateFolder(folder));
  absl::StatusOr<KeyPair> authority = EnsureAuthority(absl::StrCat(folder, "/ca"), now);
  if (!authority.ok()) return authority.status();
  absl::StatusOr<KeyPair> server = Ensure(
      absl::StrCat(folder, "/apiserver"),
      {.common_name = "kube-apiserver", .hosts = hosts, .use = CertificateRequest::Use::kServer},
      *authority, now);
  if (!server.ok()) return server.status();
  absl::StatusOr<KeyPair> admin = Ensure(
      absl::StrCat(folder, "/admin"),
      {.common_name = "kubernetes-admin", .organizations = {"system:masters"}}, *authority, now);
  if (!admin.ok()) return admin.status();
  return Pki{*std::move(authority), *std::move(server), *std::move(admin)};
}

std::string Kubeconfig(absl::string_view server, const Pki* pki) {
  const auto base64 = [](const std::string& bytes) { return absl::Base64Escape(bytes); };
  std::string text = absl::StrCat(
      "apiVersion: v1\n"
      "kind: Config\n"
      "clusters:\n"
      "- name: drydock\n"
      "  cluster:\n"
      "    server: ",
      server, "\n");
  if (pki != nullptr) {
    absl::StrAppend(&text, "    certificate-authority-data: ", base64(pki->authority.certificate),
                    "\n");
  }
  absl::StrAppend(&text,
                  "contexts:\n"
                  "- name: drydock\n"
                  "  context: {cluster: drydock, user: kubernetes-admin}\n"
                  "current-context: drydock\n"
                  "users:\n"
                  "- name: kubernetes-admin\n");
  if (pki == nullptr) return absl::StrCat(text, "  user: {}\n");
  return absl::StrCat(text,
                      "  user:\n    client-certificate-data: ", base64(pki->admin.certificate),
                      "\n    client-key-data: ", base64(pki->admin.private_key), "\n");
}

}  // namespace drydock::real
