// A stream between a server and a client: messages in order, a bounded buffer, and
// the ways in which a connection ends.
#ifndef DRYDOCK_SIM_NETWORK_CONNECTION_H_
#define DRYDOCK_SIM_NETWORK_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/kernel/event.h"
#include "sim/network/linked_list.h"
#include "sim/network/network.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"

namespace drydock::sim {

class ClientStream;

// Both ends and what is between them. Lives until both ends are closed. Its own
// turn is the arrival of the next message.
class Connection final : public Event, public ListNode {
 public:
  using Item = absl::StatusOr<std::optional<rt::PayloadRef>>;

  // Nothing arrives before `not_before`, when the reply that opens the stream does.
  Connection(Network& network, MachineId client, MachineId server, ServiceListener& listener,
             Nanos not_before);

  // The server's end.
  void Start(std::unique_ptr<rt::Stream> source);
  bool ServedBy(const ServiceListener& listener) const { return listener_ == &listener; }
  void ServerGone();

  // The client's end: the call that carries the reply, then the stream that the
  // caller holds.
  void Accept(ClientStream& reader) { reader_ = &reader; }
  void HangUp();
  bool has_message() const { return arrived_ != 0; }
  rt::PayloadRef TakeMessage();
  bool ended() const { return ended_; }
  const absl::Status& end() const { return end_; }  // OK: the server had no more.

  // A fault or a machine's power has changed.
  void LinkChanged();
  // Both ends hear at once that the connection is broken.
  void Reset(const absl::Status& reason);
  bool Between(MachineId a, MachineId b) const {
    return (client_ == a && server_ == b) || (client_ == b && server_ == a);
  }
  MachineId client() const { return client_; }
  MachineId server() const { return server_; }

  void Fire() override;

 private:
  // First in, first out. Those at the front have arrived and wait for the reader.
  class Ring {
   public:
    struct Message {
      Nanos at = 0;
      rt::PayloadRef payload;  // Null: the end of the stream.
    };
    size_t size() const { return count_; }
    Message& operator[](size_t i) { return slots_[(head_ + i) & (slots_.size() - 1)]; }
    void PushBack(Message message);
    void PopFront() {
      (*this)[0].payload = nullptr;
      head_ = (head_ + 1) & (slots_.size() - 1);
      --count_;
    }
    void Truncate(size_t count) {
      while (count_ > count) (*this)[--count_].payload = nullptr;
    }

   private:
    std::vector<Message> slots_;  // A power of two, or none.
    size_t head_ = 0;
    size_t count_ = 0;
  };

  class Alarm final : public Event {
   public:
    Alarm(Connection& connection, void (Connection::*ring)())
        : connection_(connection), ring_(ring) {}
    void Fire() override { (connection_.*ring_)(); }

   private:
    Connection& connection_;
    void (Connection::* const ring_)();
  };

  static rt::Task<> Pump(Connection& connection, std::unique_ptr<rt::Stream> source);
  // False when it was the last.
  bool Send(Item item);
  void Push(rt::PayloadRef payload);
  void ScheduleArrival();
  // Neither end would notice that the other one is out of reach.
  bool Silent() const;
  void FailClient(const absl::Status& reason);
  void KeepAliveExpired();
  void CloseReachesServer();
  void CloseServer();
  void FreeWhenClosed();

  Network& network_;
  const MachineId client_;
  const MachineId server_;
  ServiceListener* listener_;  // Null once the server's end is closed.
  ClientStream* reader_ = nullptr;
  bool client_open_ = true;
  bool server_open_ = true;
  bool stalled_ = false;  // The next message waits for the link.
  bool last_sent_ = false;
  bool ended_ = false;  // The end has arrived.
  size_t arrived_ = 0;
  Nanos last_at_;
  Ring messages_;
  absl::Status end_;
  Alarm keep_alive_;
  Alarm close_;
  rt::TaskGroup pump_;
};

// What the caller holds.
class ClientStream final : public rt::Stream {
 public:
  ClientStream(Connection& connection, rt::Executor& executor)
      : connection_(connection), arrival_(executor) {
    connection_.Accept(*this);
  }
  ~ClientStream() override { connection_.HangUp(); }

  rt::Task<Connection::Item> Next() override;

 private:
  friend class Connection;

  Connection& connection_;
  rt::Signal arrival_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_NETWORK_CONNECTION_H_
