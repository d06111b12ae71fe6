// CertificateSigningRequests. Short names for what is unique among the groups; certificatesv1::
// for the rest.
#ifndef DRYDOCK_SRC_API_CERTIFICATES_V1_H_
#define DRYDOCK_SRC_API_CERTIFICATES_V1_H_

#include "src/api/certificates/v1/certificates.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace certificatesv1 = ::k8s::io::api::certificates::v1;

using certificatesv1::CertificateSigningRequest;
using certificatesv1::CertificateSigningRequestCondition;
using certificatesv1::CertificateSigningRequestList;
using certificatesv1::CertificateSigningRequestSpec;
using certificatesv1::CertificateSigningRequestStatus;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CERTIFICATES_V1_H_
