// An arena, and its first block behind it.
#include "src/api/message_ptr.h"

#include <new>

namespace drydock::api {
namespace {

using google::protobuf::Arena;
using google::protobuf::Message;

// What an arena keeps in its first block for itself.
constexpr size_t kArenaOverhead = 168;

// What is taken at a time when the first block does not suffice. Arenas would double it each time.
constexpr size_t kMoreRoom = 1024;

constexpr size_t kRoomAtLeast = 256;

}  // namespace

void DeleteMessage::operator()(Message* message) const {
  Arena* const arena = message->GetArena();
  if (arena == nullptr) {
    delete message;
    return;
  }
  arena->~Arena();
  ::operator delete(static_cast<void*>(arena));
}

MessagePtr NewMessage(const Message& prototype, size_t room) {
  const size_t block = room + kArenaOverhead;
  char* const memory = static_cast<char*>(::operator new(sizeof(Arena) + block));
  google::protobuf::ArenaOptions options;
  options.initial_block = memory + sizeof(Arena);
  options.initial_block_size = block;
  options.max_block_size = kMoreRoom;
  Arena* const arena = new (memory) Arena(options);
  return MessagePtr(prototype.New(arena));
}

size_t RoomFor(const Message& message) {
  const Arena* const arena = message.GetArena();
  if (arena == nullptr) return RoomForBytes(message.ByteSizeLong());
  // It holds one message and knows, all but the list of the strings to free.
  const size_t used = arena->SpaceUsed();
  return used + used / 4;
}

// Numbers, pointers and the heads of strings take several times what they take encoded.
size_t RoomForBytes(size_t bytes) { return kRoomAtLeast + bytes * 4; }

MessagePtr CopyMessage(const Message& message, size_t more) {
  const size_t room = RoomFor(message);
  // Objects are copied to be changed, mostly when they have not been looked at for a while.
  if (const Arena* arena = message.GetArena(); arena != nullptr) {
    const char* const from = reinterpret_cast<const char*>(arena);
    for (size_t offset = 0; offset < room; offset += 64) __builtin_prefetch(from + offset);
  }
  MessagePtr copy = NewMessage(message, room + more);
  // Not CopyFrom, which first looks through all of `message` for the copy itself.
  copy->MergeFrom(message);
  return copy;
}

}  // namespace drydock::api
