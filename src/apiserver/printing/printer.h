// How a kind is printed: its columns, and the function that writes an object's cells.
//
// A kind's printer is an array of columns and a function, in one of the *_printers.cc files, and
// one line in that file's Add function. Kinds without one have a name and a time of creation.
#ifndef DRYDOCK_SRC_APISERVER_PRINTING_PRINTER_H_
#define DRYDOCK_SRC_APISERVER_PRINTING_PRINTER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "src/api/meta_v1.h"
#include "src/api/scheme.h"

namespace drydock::apiserver {

// metav1 TableColumnDefinition. Columns of priority 1 are shown by `kubectl get -o wide` only.
struct Column {
  const char* name;
  const char* type;  // OpenAPI's: "string", "integer", "boolean".
  const char* description;
  int priority = 0;
  const char* format = "";
};

inline constexpr Column kNameColumn = {"Name", "string", "The name of the object.", 0, "name"};
inline constexpr Column kAgeColumn = {"Age", "string", "The time since the object was created."};
inline constexpr Column kContainersColumn = {"Containers", "string",
                                             "The names of the containers in the pod template.", 1};
inline constexpr Column kImagesColumn = {"Images", "string",
                                         "The images of the containers in the pod template.", 1};
inline constexpr Column kSelectorColumn = {"Selector", "string",
                                           "The pods that the object selects.", 1};

// The cells of one object, written in the order of its kind's columns.
class Row {
 public:
  // `now` is what ages are counted from.
  Row(absl::Time now, api::metav1::TableRow* row) : now_(now), row_(row) {}

  Row& Text(absl::string_view text);
  Row& Number(int64_t number);
  Row& Flag(bool flag);
  // The time since the object's creation.
  Row& Age(const api::ObjectMeta& metadata);

  // That the object has come to its end (metav1 RowCompleted).
  void Complete(absl::string_view reason, absl::string_view message);

  absl::Time now() const { return now_; }
  // The time since `time`, "<unknown>" when it is unset.
  std::string Since(const api::metav1::Time& time) const;
  std::string Since(const api::metav1::MicroTime& time) const;

 private:
  absl::Time now_;
  api::metav1::TableRow* row_;
};

struct Printer {
  absl::Span<const Column> columns;
  std::function<void(const google::protobuf::Message& object, Row& row)> print;
  // The order of a list's rows, where it is not that of the list.
  std::function<bool(const google::protobuf::Message& a, const google::protobuf::Message& b)>
      before;
};

class PrinterTable {
 public:
  // `columns` are constants.
  template <typename T>
  Printer& Add(absl::Span<const Column> columns, void (*print)(const T& object, Row& row)) {
    Printer& printer = by_kind_[&api::KindOf<T>()];
    printer.columns = columns;
    printer.print = [print](const google::protobuf::Message& object, Row& row) {
      print(static_cast<const T&>(object), row);
    };
    return printer;
  }

  // Null for kinds that have none of their own.
  const Printer* Find(const api::KindInfo& kind) const;

 private:
  absl::flat_hash_map<const api::KindInfo*, Printer> by_kind_;  // Looked up, not iterated.
};

// Pods, and what makes them.
void AddWorkloadPrinters(PrinterTable& table);
// Nodes, namespaces, configuration, quota, events and what else there is in core.
void AddCorePrinters(PrinterTable& table);
// Services, endpoints, ingresses, policies and addresses.
void AddNetworkPrinters(PrinterTable& table);
// Volumes, claims, classes and drivers.
void AddStoragePrinters(PrinterTable& table);
// Autoscaling, disruption, scheduling, leases and device claims.
void AddSchedulingPrinters(PrinterTable& table);
// Roles, certificates, admission, priority and fairness.
void AddAccessPrinters(PrinterTable& table);

// The printer of a kind, which is its own or the one for all others.
const Printer& PrinterOf(const api::KindInfo& kind);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_PRINTING_PRINTER_H_
