// Calls within one process keep the transport's promises.
#include "real/host/local_transport.h"

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "gtest/gtest.h"
#include "real/asio/asio_executor.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::real {
namespace {

struct Text final : rt::Payload {
  explicit Text(std::string text) : text(std::move(text)) {}
  uint64_t Digest() const override { return rt::DigestBytes(text.data(), text.size()); }
  const std::string text;
};

rt::PayloadRef MakeText(std::string text) {
  return rt::PayloadRef(rt::MakeRef<Text>(std::move(text)));
}

// Answers with the peer's name, once `gate` is open.
class Echo final : public rt::Service {
 public:
  explicit Echo(rt::Executor& executor) : gate_(executor) {}
  rt::Task<rt::Reply> Serve(rt::Address peer, rt::PayloadRef request) override {
    struct Count {
      explicit Count(int& value) : value(value) { ++this->value; }
      ~Count() { --value; }
      int& value;
    };
    const Count count(serving);
    while (closed) co_await gate_.Wait();
    co_return rt::Reply{.message = MakeText(peer + ": " + static_cast<const Text&>(*request).text)};
  }
  void Open() {
    closed = false;
    gate_.Raise();
  }

  bool closed = false;
  int serving = 0;

 private:
  rt::Signal gate_;
};

class LocalTransportTest : public testing::Test {
 protected:
  using Result = absl::StatusOr<rt::Reply>;
  static rt::Task<> Call(LocalTransport& transport, rt::Address to, absl::Duration timeout,
                         std::optional<Result>& result) {
    result.emplace(co_await transport.Call(std::move(to), MakeText("hello"), timeout));
  }
  void Start(absl::Duration timeout = absl::Seconds(60)) {
    calls_.Spawn(Call(transport_, "here/echo", timeout, result_));
  }
  void RunUntilAnswered() {
    while (!result_.has_value()) io_.run_one();
  }

  boost::asio::io_context io_{1};
  AsioExecutor executor_{io_};
  LocalTransport transport_{executor_, "here"};
  Echo echo_{executor_};
  std::unique_ptr<rt::Transport::Listener> listener_ = transport_.Listen("echo", echo_);
  std::optional<Result> result_;
  rt::TaskGroup calls_;
};

TEST_F(LocalTransportTest, CarriesACallAndItsReply) {
  Start();
  RunUntilAnswered();
  ASSERT_TRUE(result_->ok()) << result_->status();
  EXPECT_EQ(static_cast<const Text&>(*(*result_)->message).text, "here: hello");
}

TEST_F(LocalTransportTest, SaysThatNobodyListens) {
  listener_.reset();
  Start();
  RunUntilAnswered();
  EXPECT_TRUE(absl::IsUnavailable(result_->status()));
}

TEST_F(LocalTransportTest, TakesACallBackThatTakesTooLong) {
  echo_.closed = true;
  Start(absl::Milliseconds(20));
  EXPECT_EQ(echo_.serving, 1);
  RunUntilAnswered();
  EXPECT_TRUE(absl::IsDeadlineExceeded(result_->status()));
  EXPECT_EQ(echo_.serving, 0);
}

TEST_F(LocalTransportTest, TakesTheCallOfACallerThatGoesBack) {
  echo_.closed = true;
  Start();
  EXPECT_EQ(echo_.serving, 1);
  calls_.Clear();
  EXPECT_EQ(echo_.serving, 0);
}

TEST_F(LocalTransportTest, AnswersForAServiceThatGoes) {
  echo_.closed = true;
  Start();
  listener_.reset();
  EXPECT_EQ(echo_.serving, 0);
  RunUntilAnswered();
  EXPECT_TRUE(absl::IsUnavailable(result_->status()));
}

TEST_F(LocalTransportTest, LetsAServiceComeAgain) {
  listener_.reset();
  listener_ = transport_.Listen("echo", echo_);
  Start();
  RunUntilAnswered();
  EXPECT_TRUE(result_->ok()) << result_->status();
}

}  // namespace
}  // namespace drydock::real
