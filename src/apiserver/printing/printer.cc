#include "src/apiserver/printing/printer.h"

#include "absl/strings/str_cat.h"
#include "src/api/codec/json.h"
#include "src/api/object.h"
#include "src/api/time.h"
#include "src/apiserver/printing/human_duration.h"

namespace drydock::apiserver {
namespace {

constexpr Column kDefaultColumns[] = {
    kNameColumn,
    {"Created At", "date", "The time at which the object was created."},
};

void PrintAnyKind(const google::protobuf::Message& object, Row& row) {
  const api::ObjectMeta& metadata = api::MetadataOf(object);
  row.Text(metadata.name()).Text(api::FormatTime(metadata.creation_timestamp()));
}

struct Printers {
  Printers() {
    AddWorkloadPrinters(table);
    AddCorePrinters(table);
    AddNetworkPrinters(table);
    AddStoragePrinters(table);
    AddSchedulingPrinters(table);
    AddAccessPrinters(table);
  }

  PrinterTable table;
  Printer any_kind{kDefaultColumns, PrintAnyKind, nullptr};
};

}  // namespace

Row& Row::Text(absl::string_view text) {
  api::AppendJsonString(text, row_->add_cells()->mutable_raw());
  return *this;
}

Row& Row::Number(int64_t number) {
  absl::StrAppend(row_->add_cells()->mutable_raw(), number);
  return *this;
}

Row& Row::Flag(bool flag) {
  row_->add_cells()->set_raw(flag ? "true" : "false");
  return *this;
}

Row& Row::Age(const api::ObjectMeta& metadata) {
  return Text(Since(metadata.creation_timestamp()));
}

void Row::Complete(absl::string_view reason, absl::string_view message) {
  api::metav1::TableRowCondition* const condition = row_->add_conditions();
  condition->set_type("Completed");
  condition->set_status("True");
  condition->set_reason(reason.data(), reason.size());
  condition->set_message(message.data(), message.size());
}

std::string Row::Since(const api::metav1::Time& time) const {
  return api::IsZero(time) ? "<unknown>" : HumanDuration(now_ - api::ToAbslTime(time));
}

std::string Row::Since(const api::metav1::MicroTime& time) const {
  return api::IsZero(time) ? "<unknown>" : HumanDuration(now_ - api::ToAbslTime(time));
}

const Printer* PrinterTable::Find(const api::KindInfo& kind) const {
  const auto found = by_kind_.find(&kind);
  return found == by_kind_.end() ? nullptr : &found->second;
}

const Printer& PrinterOf(const api::KindInfo& kind) {
  static const Printers* const printers = new Printers;
  const Printer* const own = printers->table.Find(kind);
  return own == nullptr ? printers->any_kind : *own;
}

}  // namespace drydock::apiserver
