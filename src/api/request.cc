// Names and digests of requests and answers.
#include "src/api/request.h"

#include "absl/strings/string_view.h"

namespace drydock::api {
namespace {

uint64_t Mix(uint64_t state, absl::string_view text) {
  return text.empty() ? state : rt::MixDigest(state, rt::DigestBytes(text.data(), text.size()));
}

uint64_t Mix(uint64_t state, const ObjectRef& object) {
  return object ? rt::MixDigest(state, object->Digest()) : state;
}

}  // namespace

const char* VerbName(Verb verb) {
  switch (verb) {
    case Verb::kGet:
      return "get";
    case Verb::kList:
      return "list";
    case Verb::kWatch:
      return "watch";
    case Verb::kCreate:
      return "create";
    case Verb::kUpdate:
      return "update";
    case Verb::kPatch:
      return "patch";
    case Verb::kDelete:
      return "delete";
    case Verb::kDeleteCollection:
      return "deletecollection";
  }
  return "";
}

uint64_t Request::Digest() const {
  uint64_t state = rt::MixDigest(static_cast<uint64_t>(verb), static_cast<uint64_t>(limit));
  if (kind != nullptr) state = Mix(state, kind->kind);
  state = Mix(state, ns);
  state = Mix(state, name);
  state = Mix(state, subresource);
  state = Mix(state, patch);
  if (force) state = rt::MixDigest(state, 1);
  state = Mix(state, label_selector);
  state = Mix(state, field_selector);
  state = Mix(state, resource_version);
  if (!object) return state;
  // The body of a subresource is seen nowhere else. An object that is to be stored comes back, as
  // stored, with the answer; here it counts by what it is based on.
  if (&object->kind() != kind) return Mix(state, object);
  state = Mix(state, object->metadata().uid());
  return rt::MixDigest(state, static_cast<uint64_t>(object->revision()));
}

uint64_t Response::Digest() const {
  uint64_t state = rt::MixDigest(static_cast<uint64_t>(code), static_cast<uint64_t>(revision));
  for (const ObjectRef& item : items) state = Mix(state, item);
  return Mix(state, object);
}

uint64_t WatchEvents::Digest() const {
  uint64_t state = events.size();
  for (const WatchEvent& event : events) {
    state = rt::MixDigest(state, static_cast<uint64_t>(event.type) + 1);
    state = rt::MixDigest(state, static_cast<uint64_t>(event.revision));
    state = Mix(state, event.object);
  }
  return state;
}

}  // namespace drydock::api
