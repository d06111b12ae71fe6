// How a pod's state is put into words.
#ifndef DRYDOCK_SRC_APISERVER_PRINTING_POD_PRINTER_H_
#define DRYDOCK_SRC_APISERVER_PRINTING_POD_PRINTER_H_

#include "src/api/core/v1/pod.h"
#include "src/apiserver/printing/printer.h"

namespace drydock::apiserver {

inline constexpr Column kPodColumns[] = {
    kNameColumn,
    {"Ready", "string", "How many of the pod's containers are ready."},
    {"Status", "string", "What the pod's containers are doing, in a word."},
    {"Restarts", "string", "How often containers were restarted, and when last."},
    kAgeColumn,
    {"IP", "string", "The address of the pod.", 1},
    {"Node", "string", "The node that the pod is bound to.", 1},
    {"Nominated Node", "string", "The node on which room is being made for the pod.", 1},
    {"Readiness Gates", "string", "How many of the pod's readiness gates are open.", 1},
};

void PrintPod(const api::Pod& pod, Row& row);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_PRINTING_POD_PRINTER_H_
