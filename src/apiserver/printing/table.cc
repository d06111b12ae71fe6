#include "src/apiserver/printing/table.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/message_json.h"
#include "src/apiserver/printing/printer.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

using api::metav1::Table;
using api::metav1::TableColumnDefinition;
using api::metav1::TableRow;

void AddColumns(const Printer& printer, Table* table) {
  for (const Column& column : printer.columns) {
    TableColumnDefinition* const definition = table->add_column_definitions();
    definition->set_name(column.name);
    definition->set_type(column.type);
    definition->set_format(column.format);
    definition->set_description(column.description);
    definition->set_priority(column.priority);
  }
}

// The row's object is written as JSON at once: no copy of the metadata is made.
void AddObject(const api::Object& object, IncludeObject include, TableRow* row) {
  std::string* json = nullptr;
  switch (include) {
    case IncludeObject::kNone:
      return;
    case IncludeObject::kMetadata:
      json = row->mutable_object()->mutable_raw();
      absl::StrAppend(
          json, R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":)");
      api::AppendMessageJson(object.metadata(), /*with_kind=*/false, json);
      json->push_back('}');
      return;
    case IncludeObject::kObject:
      api::AppendMessageJson(object.message(), /*with_kind=*/true,
                             row->mutable_object()->mutable_raw());
      return;
  }
}

void AddRow(const api::Object& object, const Printer& printer, const TableOptions& options,
            Table* table) {
  TableRow* const row = table->add_rows();
  Row cells(options.now, row);
  printer.print(object.message(), cells);
  DRYDOCK_CHECK(static_cast<size_t>(row->cells_size()) == printer.columns.size(),
                object.kind().kind, " has another number of cells than columns");
  AddObject(object, options.include, row);
}

void SetListMeta(const api::Response& response, api::ListMeta* metadata) {
  metadata->set_resource_version(absl::StrCat(response.revision));
  if (!response.continue_token.empty()) metadata->set_continue_(response.continue_token);
  if (response.remaining_item_count.has_value()) {
    metadata->set_remaining_item_count(*response.remaining_item_count);
  }
}

}  // namespace

absl::StatusOr<IncludeObject> ParseIncludeObject(absl::string_view value) {
  if (value.empty() || value == "Metadata") return IncludeObject::kMetadata;
  if (value == "None") return IncludeObject::kNone;
  if (value == "Object") return IncludeObject::kObject;
  return absl::InvalidArgumentError(
      absl::StrCat("Unable to convert to Table as requested: includeObject: Invalid value: \"",
                   value, "\": must be 'Metadata', 'Object', 'None', or empty"));
}

Table TableOf(const api::Object& object, const TableOptions& options) {
  Table table;
  table.mutable_metadata()->set_resource_version(object.metadata().resource_version());
  const Printer& printer = PrinterOf(object.kind());
  if (options.with_columns) AddColumns(printer, &table);
  AddRow(object, printer, options, &table);
  return table;
}

Table TableOfList(const api::KindInfo& kind, const api::Response& response,
                  const TableOptions& options) {
  DRYDOCK_CHECK(response.is_list);
  Table table;
  SetListMeta(response, table.mutable_metadata());
  const Printer& printer = PrinterOf(kind);
  if (options.with_columns) AddColumns(printer, &table);
  std::vector<const api::Object*> items;
  items.reserve(response.items.size());
  for (const api::ObjectRef& item : response.items) items.push_back(&*item);
  if (printer.before != nullptr) {
    std::stable_sort(items.begin(), items.end(),
                     [&printer](const api::Object* a, const api::Object* b) {
                       return printer.before(a->message(), b->message());
                     });
  }
  table.mutable_rows()->Reserve(static_cast<int>(items.size()));
  for (const api::Object* item : items) AddRow(*item, printer, options, &table);
  return table;
}

Table TableOfBookmark(const api::KindInfo& kind, int64_t revision, const TableOptions& options) {
  Table table;
  table.mutable_metadata()->set_resource_version(absl::StrCat(revision));
  if (options.with_columns) AddColumns(PrinterOf(kind), &table);
  return table;
}

api::PartialObjectMetadata PartialOf(const api::Object& object) {
  api::PartialObjectMetadata partial;
  *partial.mutable_metadata() = object.metadata();
  return partial;
}

api::PartialObjectMetadataList PartialListOf(const api::Response& response) {
  api::PartialObjectMetadataList list;
  SetListMeta(response, list.mutable_metadata());
  for (const api::ObjectRef& item : response.items) {
    *list.add_items()->mutable_metadata() = item->metadata();
  }
  return list;
}

}  // namespace drydock::apiserver
