// What one does with documents whose parts have owners: which fields they have, how two merge, how
// they differ. The rules of typed.TypedValue in Kubernetes' structured-merge-diff.
#ifndef DRYDOCK_SRC_API_APPLY_OWNED_TREE_H_
#define DRYDOCK_SRC_API_APPLY_OWNED_TREE_H_

#include "absl/status/status.h"
#include "src/api/apply/field_set.h"
#include "src/api/apply/owned_type.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// Whether `value` is of `type`: no undeclared field, no element twice in a list whose elements are
// told apart. The text of an error has a line for each fault, with Kubernetes' words:
// ".spec.foo: field not declared in schema".
absl::Status CheckType(const Value& value, const OwnedType& type);

// The fields that `value` sets. What it says with null or an empty map is a field too.
FieldSet FieldsOf(const Value& value, const OwnedType& type);

// `config` over `live`: fields from `config` where it has them, elements of lists merged one by
// one, in the order of `config` and, between them, of `live`.
Value MergeOwned(const Value& live, const Value& config, const OwnedType& type);

struct FieldChanges {
  FieldSet added;
  FieldSet modified;
  FieldSet removed;
};

// The order of the elements of lists that are merged is no difference.
FieldChanges CompareOwned(const Value& before, const Value& after, const OwnedType& type);

// `value` without the fields and elements in `fields`.
Value RemoveFields(const Value& value, const FieldSet& fields, const OwnedType& type);

// `set` with all members of structs that it has something inside of.
FieldSet WithNamedFields(const FieldSet& set, const OwnedType& type);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_APPLY_OWNED_TREE_H_
