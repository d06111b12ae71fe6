// What admission webhooks are sent and answer. Short names for what is unique among the groups;
// admissionv1:: for the rest.
#ifndef DRYDOCK_SRC_API_ADMISSION_V1_H_
#define DRYDOCK_SRC_API_ADMISSION_V1_H_

#include "src/api/admission/v1/admission.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace admissionv1 = ::k8s::io::api::admission::v1;

using admissionv1::AdmissionRequest;
using admissionv1::AdmissionResponse;
using admissionv1::AdmissionReview;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_ADMISSION_V1_H_
