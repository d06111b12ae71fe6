// Server-side printing: objects as rows of cells (meta.k8s.io/v1 Table), or as their metadata
// alone (PartialObjectMetadata), as clients ask for with `Accept: application/json;as=Table;...`.
//
// Apart from any transport: a front that was asked for a table calls TableOf with what the API
// server answered, and encodes the result instead. Statuses are never turned into tables.
#ifndef DRYDOCK_SRC_APISERVER_PRINTING_TABLE_H_
#define DRYDOCK_SRC_APISERVER_PRINTING_TABLE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/meta_v1.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/api/scheme.h"

namespace drydock::apiserver {

// What each row carries beside its cells.
enum class IncludeObject : uint8_t { kMetadata, kNone, kObject };

// The query parameter includeObject: "" (which means Metadata), "None", "Metadata" or "Object".
// Others are InvalidArgument, with Kubernetes' text.
absl::StatusOr<IncludeObject> ParseIncludeObject(absl::string_view value);

struct TableOptions {
  absl::Time now;  // What ages are counted from.
  IncludeObject include = IncludeObject::kMetadata;
  // Whether the columns are described. In a watch only the first table describes them.
  bool with_columns = true;
};

// A table with one row: the answer to a get or a write, or what a watch event carries.
// REQUIRES: `object` is no Status.
api::metav1::Table TableOf(const api::Object& object, const TableOptions& options);

// A list of `kind` (the kind of its items), with a row for each item and the list's revision,
// continue token and count. REQUIRES: response.is_list.
api::metav1::Table TableOfList(const api::KindInfo& kind, const api::Response& response,
                               const TableOptions& options);

// A table without rows, for a bookmark of a watch.
api::metav1::Table TableOfBookmark(const api::KindInfo& kind, int64_t revision,
                                   const TableOptions& options);

// Metadata alone.
api::PartialObjectMetadata PartialOf(const api::Object& object);
api::PartialObjectMetadataList PartialListOf(const api::Response& response);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_PRINTING_TABLE_H_
