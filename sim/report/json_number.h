// A measured number in a JSON document.
#ifndef DRYDOCK_SIM_REPORT_JSON_NUMBER_H_
#define DRYDOCK_SIM_REPORT_JSON_NUMBER_H_

#include "src/api/codec/tree.h"

namespace drydock::sim {

// Enough digits for every figure of ours, and the same text everywhere. What is not a
// number is 0.
api::Value JsonNumber(double number);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_REPORT_JSON_NUMBER_H_
