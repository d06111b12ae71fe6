// What the network's tests call and serve: texts, an echo, a ticker.
#ifndef DRYDOCK_TESTS_SIM_NETWORK_PROBE_H_
#define DRYDOCK_TESTS_SIM_NETWORK_PROBE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/rt/env.h"
#include "src/rt/executor.h"
#include "src/rt/payload.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"

namespace drydock::sim {

class Text final : public rt::Payload {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}
  uint64_t Digest() const override { return rt::DigestBytes(text_.data(), text_.size()); }
  const std::string& text() const { return text_; }

 private:
  const std::string text_;
};

inline rt::PayloadRef MakeText(std::string text) { return rt::MakeRef<Text>(std::move(text)); }
inline const std::string& TextOf(const rt::PayloadRef& payload) {
  return static_cast<const Text&>(*payload).text();
}

// Answers with the request, after thinking about it.
class EchoService final : public rt::Service {
 public:
  explicit EchoService(rt::Env& env, absl::Duration think = absl::ZeroDuration())
      : env_(env), think_(think) {}

  rt::Task<rt::Reply> Serve(rt::Address peer, rt::PayloadRef request) override {
    ++served;
    last_peer = peer;
    if (think_ > absl::ZeroDuration()) co_await env_.executor().SleepFor(think_);
    ++finished;
    rt::Reply reply;
    reply.message = std::move(request);
    co_return reply;
  }

  int served = 0;
  int finished = 0;
  std::string last_peer;

 private:
  rt::Env& env_;
  const absl::Duration think_;
};

// Answers with a stream of numbers, one for each period.
class TickerService final : public rt::Service {
 public:
  TickerService(rt::Env& env, absl::Duration period, int count)
      : env_(env), period_(period), count_(count) {}

  rt::Task<rt::Reply> Serve(rt::Address peer, rt::PayloadRef request) override {
    rt::Reply reply;
    reply.message = std::move(request);
    reply.stream = std::make_unique<Ticks>(*this);
    co_return reply;
  }

  int open_streams = 0;
  int sent = 0;

 private:
  class Ticks final : public rt::Stream {
   public:
    explicit Ticks(TickerService& owner) : owner_(owner) { ++owner_.open_streams; }
    ~Ticks() override { --owner_.open_streams; }
    rt::Task<absl::StatusOr<std::optional<rt::PayloadRef>>> Next() override {
      if (next_ == owner_.count_) co_return std::nullopt;
      if (owner_.period_ > absl::ZeroDuration()) {
        co_await owner_.env_.executor().SleepFor(owner_.period_);
      }
      ++owner_.sent;
      co_return MakeText(std::to_string(next_++));
    }

   private:
    TickerService& owner_;
    int next_ = 0;
  };

  rt::Env& env_;
  const absl::Duration period_;
  const int count_;
};

// What a caller saw.
struct CallLog {
  std::optional<absl::StatusOr<std::string>> reply;
  std::optional<absl::Duration> took;
  std::vector<std::string> messages;
  std::optional<absl::Status> end;  // Of the stream.
  std::unique_ptr<rt::Stream> kept;

  absl::StatusCode code() const { return reply->status().code(); }
};

inline rt::Task<> CallOnce(rt::Env& env, std::string to, absl::Duration timeout, CallLog* log,
                           std::string text = "hello") {
  const rt::Instant start = env.executor().Now();
  absl::StatusOr<rt::Reply> reply =
      co_await env.transport().Call(std::move(to), MakeText(std::move(text)), timeout);
  log->took = env.executor().Now() - start;
  if (reply.ok()) {
    log->reply = TextOf(reply->message);
    log->kept = std::move(reply->stream);
  } else {
    log->reply = reply.status();
  }
}

// Reads a stream to its end.
inline rt::Task<> ReadStream(rt::Env& env, std::string to, CallLog* log) {
  absl::StatusOr<rt::Reply> reply =
      co_await env.transport().Call(std::move(to), MakeText("watch"), absl::Seconds(30));
  if (!reply.ok()) {
    log->reply = reply.status();
    co_return;
  }
  log->reply = TextOf(reply->message);
  for (;;) {
    absl::StatusOr<std::optional<rt::PayloadRef>> next = co_await reply->stream->Next();
    if (!next.ok() || !next->has_value()) {
      log->end = next.status();
      co_return;
    }
    log->messages.push_back(TextOf(**next));
  }
}

}  // namespace drydock::sim

#endif  // DRYDOCK_TESTS_SIM_NETWORK_PROBE_H_
