#include "src/api/patch/merge_patch.h"

namespace drydock::api {

void ApplyMergePatch(const Value& patch, Value* document) {
  if (!patch.is_object()) {
    *document = patch;
    return;
  }
  if (!document->is_object()) *document = Value::Object();
  for (const Value::Member& member : patch.members()) {
    if (member.value.is_null()) {
      document->Erase(member.key);
    } else {
      ApplyMergePatch(member.value, &(*document)[member.key]);
    }
  }
}

}  // namespace drydock::api
