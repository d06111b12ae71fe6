// Documents (src/api/codec/tree.h) as values: JSON read where it lies.
#ifndef DRYDOCK_SRC_CEL_TREE_VALUE_H_
#define DRYDOCK_SRC_CEL_TREE_VALUE_H_

#include "src/api/codec/tree.h"
#include "src/cel/value.h"

namespace drydock::cel {

// A view of `tree`, which outlives it and everything got from it, and does not change. Its type is
// dyn: objects are maps of strings, whole numbers that fit are ints, others doubles.
Value FromTree(const api::Value& tree);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_TREE_VALUE_H_
