// How the messages of a stream travel, and how a connection ends.
#include "sim/network/connection.h"

#include <algorithm>

#include "absl/status/status.h"
#include "sim/network/endpoint.h"

namespace drydock::sim {

void Connection::Ring::PushBack(Message message) {
  if (count_ == slots_.size()) {
    std::vector<Message> grown(std::max<size_t>(slots_.size() * 2, 4));
    for (size_t i = 0; i < count_; ++i) grown[i] = std::move((*this)[i]);
    slots_ = std::move(grown);
    head_ = 0;
  }
  (*this)[count_++] = std::move(message);
}

Connection::Connection(Network& network, MachineId client, MachineId server,
                       ServiceListener& listener, Nanos not_before)
    : network_(network),
      client_(client),
      server_(server),
      listener_(&listener),
      last_at_(not_before),
      keep_alive_(*this, &Connection::KeepAliveExpired),
      close_(*this, &Connection::CloseReachesServer) {
  network_.connections_.PushBack(*this);
  LinkChanged();
}

void Connection::Start(std::unique_ptr<rt::Stream> source) {
  pump_.Spawn(Pump(*this, std::move(source)));
}

rt::Task<> Connection::Pump(Connection& connection, std::unique_ptr<rt::Stream> source) {
  for (;;) {
    Item item = co_await source->Next();
    const bool more = connection.Send(std::move(item));
    if (!more) break;
  }
  connection.server_open_ = false;
  connection.listener_ = nullptr;
  // The group that owns this frame must not die in its turn.
  if (!connection.client_open_) connection.network_.kernel_.Schedule(connection.close_);
}

bool Connection::Send(Item item) {
  if (last_sent_) return false;
  if (item.ok() && item->has_value() && messages_.size() < network_.options_.stream_buffer) {
    Push(**std::move(item));
    return true;
  }
  last_sent_ = true;
  if (!item.ok()) {
    end_ = std::move(item).status();
  } else if (item->has_value()) {
    end_ = absl::ResourceExhaustedError("the reader of the stream is too slow");
  }
  Push(nullptr);
  return false;
}

void Connection::Push(rt::PayloadRef payload) {
  if (!client_open_) return;
  last_at_ = std::max(last_at_, network_.kernel_.now() + network_.Delay(server_, client_));
  messages_.PushBack({.at = last_at_, .payload = std::move(payload)});
  ScheduleArrival();
}

void Connection::ScheduleArrival() {
  if (stalled_ || scheduled() || arrived_ == messages_.size()) return;
  network_.kernel_.ScheduleAt(*this, messages_[arrived_].at);
}

void Connection::Fire() {
  if (!network_.Reachable(server_, client_)) {
    stalled_ = true;
    return;
  }
  const Nanos now = network_.kernel_.now();
  while (arrived_ < messages_.size() && messages_[arrived_].at <= now) {
    const rt::PayloadRef& payload = messages_[arrived_].payload;
    if (!payload) {
      messages_.Truncate(arrived_);
      ended_ = true;
      network_.Note(client_, EventDigest::kBroken, static_cast<uint64_t>(end_.code()));
      break;
    }
    ++arrived_;
    ++network_.stats_.stream_messages;
    network_.Note(client_, EventDigest::kMessage, payload->Digest());
  }
  ScheduleArrival();
  if (reader_ != nullptr) reader_->arrival_.Raise();
}

rt::PayloadRef Connection::TakeMessage() {
  rt::PayloadRef message = std::move(messages_[0].payload);
  messages_.PopFront();
  --arrived_;
  return message;
}

void Connection::HangUp() {
  client_open_ = false;
  reader_ = nullptr;
  Cancel();
  messages_.Truncate(0);
  arrived_ = 0;
  if (!server_open_) {
    FreeWhenClosed();
  } else if (Silent()) {
    LinkChanged();
  } else {
    network_.kernel_.ScheduleAfter(close_, network_.Delay(client_, server_));
  }
}

bool Connection::Silent() const {
  return !network_.Reachable(client_, server_) || !network_.Reachable(server_, client_);
}

void Connection::LinkChanged() {
  if (Silent()) {
    if (!keep_alive_.scheduled()) {
      network_.kernel_.ScheduleAfter(keep_alive_, network_.keep_alive_);
    }
    return;
  }
  const bool one_end_died = client_open_ != server_open_ && !(client_open_ && last_sent_);
  if (keep_alive_.scheduled() && one_end_died) {
    // It answers the next probe with a reset.
    network_.kernel_.ScheduleAfter(keep_alive_, network_.RetransmissionDelay(server_));
    return;
  }
  keep_alive_.Cancel();
  if (!stalled_) return;
  stalled_ = false;
  const Nanos again = network_.kernel_.now() + network_.RetransmissionDelay(server_);
  last_at_ = std::max(last_at_, again);
  network_.kernel_.ScheduleAt(*this, std::max(messages_[arrived_].at, again));
}

void Connection::FailClient(const absl::Status& reason) {
  if (!client_open_ || ended_) return;
  Cancel();
  messages_.Truncate(arrived_);
  last_sent_ = true;
  ended_ = true;
  end_ = reason;
  ++network_.stats_.broken;
  network_.Note(client_, EventDigest::kBroken, static_cast<uint64_t>(end_.code()));
  if (reader_ != nullptr) reader_->arrival_.Raise();
}

void Connection::Reset(const absl::Status& reason) {
  FailClient(reason);
  if (server_open_) network_.kernel_.Schedule(close_);
}

void Connection::KeepAliveExpired() {
  FailClient(absl::UnavailableError("connection lost: the keep-alive time is over"));
  if (server_open_) {
    network_.kernel_.Schedule(close_);
  } else {
    FreeWhenClosed();
  }
}

void Connection::CloseReachesServer() {
  if (listener_ != nullptr && listener_->executor().frozen()) {
    listener_->executor().Hold(close_);
    return;
  }
  if (!client_open_ && !network_.Reachable(client_, server_) && keep_alive_.scheduled()) {
    return;  // It is for the keep-alive to find out.
  }
  CloseServer();
  FreeWhenClosed();
}

void Connection::ServerGone() {
  if (network_.powered(server_) && !last_sent_) {
    last_sent_ = true;
    end_ = absl::UnavailableError("connection reset by peer");
    ++network_.stats_.broken;
    Push(nullptr);
  }
  CloseServer();
  LinkChanged();
  FreeWhenClosed();
}

void Connection::CloseServer() {
  server_open_ = false;
  listener_ = nullptr;
  close_.Cancel();
  pump_.Clear();
}

void Connection::FreeWhenClosed() {
  if (!client_open_ && !server_open_) delete this;
}

rt::Task<Connection::Item> ClientStream::Next() {
  while (!connection_.has_message()) {
    if (connection_.ended()) {
      if (!connection_.end().ok()) co_return connection_.end();
      co_return std::nullopt;
    }
    co_await arrival_.Wait();
  }
  co_return connection_.TakeMessage();
}

}  // namespace drydock::sim
