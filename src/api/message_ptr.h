// Messages that own one piece of memory each.
//
// An object is a tree of some dozens of small parts. Allocated one by one they lie all over the
// heap, and whoever reads, copies or frees an object that has not been touched for a while waits
// for each of them. Here a message lies with all its parts in one arena of its own, taken from the
// heap in one piece and given back in one piece. What an arena cannot hold are the characters of
// strings of more than 15.
#ifndef DRYDOCK_SRC_API_MESSAGE_PTR_H_
#define DRYDOCK_SRC_API_MESSAGE_PTR_H_

#include <cstddef>
#include <memory>

#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"

namespace drydock::api {

// Frees messages of either make: alone in the arena of NewMessage, or on the heap.
struct DeleteMessage {
  DeleteMessage() = default;
  template <typename T>
  DeleteMessage(std::default_delete<T>) {}  // NOLINT(google-explicit-constructor): as pointers do.
  void operator()(google::protobuf::Message* message) const;
};

// A message that may still be changed. An ordinary std::unique_ptr converts to it.
template <typename T>
using Draft = std::unique_ptr<T, DeleteMessage>;
using MessagePtr = Draft<google::protobuf::Message>;

// An empty message of the type of `prototype`. `room`: about how many bytes it will take in memory;
// more is taken when it does not suffice.
MessagePtr NewMessage(const google::protobuf::Message& prototype, size_t room);

// About what a copy of `message` takes, and what a message takes whose encoding has `bytes`.
size_t RoomFor(const google::protobuf::Message& message);
size_t RoomForBytes(size_t bytes);

// `more`: room for what will be added to the copy.
MessagePtr CopyMessage(const google::protobuf::Message& message, size_t more = 0);

template <typename T>
Draft<T> NewDraft(size_t room) {
  return Draft<T>(static_cast<T*>(NewMessage(T::default_instance(), room).release()));
}

template <typename T>
Draft<T> CopyDraft(const T& message) {
  return Draft<T>(static_cast<T*>(CopyMessage(message).release()));
}

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_MESSAGE_PTR_H_
