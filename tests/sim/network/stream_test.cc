// Streams between simulated machines.
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/machine/world.h"
#include "tests/sim/network/probe.h"

namespace drydock::sim {
namespace {

constexpr char kTicks[] = "server/ticks";

class StreamTest : public testing::Test {
 protected:
  void Serve(absl::Duration period, int count) {
    server_process_ = &server_.AddProcess("ticks", [=, this](Process& process) {
      ticker_ = &process.Emplace<TickerService>(process, period, count);
      process.Own(process.transport().Listen("ticks", *ticker_));
    });
  }
  void Read() {
    reader_ = &client_.AddProcess(
        "reader", [this](Process& process) { process.Spawn(ReadStream(process, kTicks, &log_)); });
  }
  Network::FaultId Cut(bool both_ways) {
    return world_.network().AddFault({.from = Network::Only(server_.id()),
                                      .to = Network::Only(client_.id()),
                                      .both_ways = both_ways,
                                      .cut = true});
  }
  void ExpectInOrder() const {
    for (size_t i = 0; i < log_.messages.size(); ++i) {
      ASSERT_EQ(log_.messages[i], std::to_string(i));
    }
  }

  static WorldOptions Options() {
    WorldOptions options{.seed = 3};
    options.network.stream_buffer = 100;
    return options;
  }

  World world_{Options()};
  Machine& server_ = world_.AddMachine("server", "a");
  Machine& client_ = world_.AddMachine("client", "b");
  Process* server_process_ = nullptr;
  Process* reader_ = nullptr;
  TickerService* ticker_ = nullptr;
  CallLog log_;
};

TEST_F(StreamTest, MessagesArriveInOrderThenTheOrderlyEnd) {
  Serve(absl::Microseconds(50), 1000);
  Read();
  world_.Run(absl::Seconds(1));
  EXPECT_EQ(log_.messages.size(), 1000u);
  ExpectInOrder();
  ASSERT_TRUE(log_.end.has_value());
  EXPECT_TRUE(log_.end->ok());
  EXPECT_EQ(ticker_->open_streams, 0);
}

TEST_F(StreamTest, AReaderThatDoesNotReadIsCutOffAtTheBound) {
  Serve(absl::Milliseconds(1), 1'000'000);
  client_.Spawn(CallOnce(client_, kTicks, absl::Seconds(10), &log_));
  world_.RunFor(absl::Seconds(1));
  EXPECT_EQ(ticker_->open_streams, 0);
  EXPECT_EQ(ticker_->sent, 101);
  // What was buffered is still there, and then the reason.
  client_.Spawn([](CallLog* log) -> rt::Task<> {
    for (;;) {
      absl::StatusOr<std::optional<rt::PayloadRef>> next = co_await log->kept->Next();
      if (!next.ok()) {
        log->end = next.status();
        co_return;
      }
      log->messages.push_back(TextOf(**next));
    }
  }(&log_));
  world_.RunFor(absl::Seconds(1));
  EXPECT_EQ(log_.messages.size(), 100u);
  EXPECT_EQ(log_.end->code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(StreamTest, ADeadReaderHangsUp) {
  Serve(absl::Seconds(1), 1000);
  Read();
  world_.RunFor(absl::Seconds(5));
  EXPECT_EQ(ticker_->open_streams, 1);
  reader_->Kill();
  world_.RunFor(absl::Milliseconds(10));
  EXPECT_EQ(ticker_->open_streams, 0);
}

TEST_F(StreamTest, ADeadServerResetsItsReaders) {
  Serve(absl::Seconds(1), 1000);
  Read();
  world_.RunFor(absl::Seconds(5.5));
  server_process_->Kill();
  world_.RunFor(absl::Milliseconds(10));
  ASSERT_TRUE(log_.end.has_value());
  EXPECT_EQ(log_.end->code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(log_.messages.size(), 5u);
}

TEST_F(StreamTest, AShortPartitionDelaysMessagesAndLosesNone) {
  Serve(absl::Milliseconds(500), 100);
  Read();
  world_.RunFor(absl::Seconds(5));
  const Network::FaultId cut = Cut(/*both_ways=*/true);
  const size_t before = log_.messages.size();
  world_.RunFor(absl::Seconds(20));
  EXPECT_LE(log_.messages.size(), before);
  world_.network().RemoveFault(cut);
  world_.RunFor(absl::Minutes(2));
  EXPECT_EQ(log_.messages.size(), 100u);
  ExpectInOrder();
  EXPECT_TRUE(log_.end->ok());
}

TEST_F(StreamTest, ThePartitionThatOutlastsTheKeepAliveBreaksBothEnds) {
  for (const bool both_ways : {true, false}) {
    World world(Options());
    Machine& server = world.AddMachine("server");
    Machine& client = world.AddMachine("client");
    TickerService ticker(server, absl::Seconds(1), 1'000'000);
    const auto listener = server.transport().Listen("ticks", ticker);
    CallLog log;
    client.Spawn(ReadStream(client, kTicks, &log));
    world.RunFor(absl::Seconds(5));
    world.network().AddFault({.from = Network::Only(server.id()),
                              .to = Network::Only(client.id()),
                              .both_ways = both_ways,
                              .cut = true});
    world.RunFor(absl::Seconds(29));
    EXPECT_FALSE(log.end.has_value());
    EXPECT_EQ(ticker.open_streams, 1);
    world.RunFor(absl::Seconds(2));
    ASSERT_TRUE(log.end.has_value());
    EXPECT_EQ(log.end->code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(ticker.open_streams, 0);
  }
}

TEST_F(StreamTest, PowerLossIsNoticedByTheKeepAliveOfTheOtherEnd) {
  Serve(absl::Seconds(1), 1'000'000);
  Read();
  world_.RunFor(absl::Seconds(5));
  client_.PowerOff();
  world_.RunFor(absl::Seconds(29));
  EXPECT_EQ(ticker_->open_streams, 1);
  world_.RunFor(absl::Seconds(2));
  EXPECT_EQ(ticker_->open_streams, 0);

  client_.PowerOn();  // The reader reads again.
  log_ = CallLog();
  world_.RunFor(absl::Seconds(5));
  server_.PowerOff();
  world_.RunFor(absl::Seconds(29));
  EXPECT_FALSE(log_.end.has_value());
  world_.RunFor(absl::Seconds(2));
  EXPECT_EQ(log_.end->code(), absl::StatusCode::kUnavailable);
}

TEST_F(StreamTest, APeerThatComesBackDoesNotKnowTheOldConnection) {
  Serve(absl::Seconds(1), 1'000'000);
  Read();
  world_.RunFor(absl::Seconds(5));
  server_.PowerOff();
  world_.RunFor(absl::Seconds(3));
  server_.PowerOn();
  world_.RunFor(absl::Seconds(2));
  EXPECT_EQ(log_.end->code(), absl::StatusCode::kUnavailable);
}

TEST_F(StreamTest, AResetIsHeardByBothEndsAtOnce) {
  Serve(absl::Seconds(1), 1'000'000);
  Read();
  world_.RunFor(absl::Seconds(5));
  world_.network().ResetStreams(Network::Only(client_.id()), Network::Everyone());
  world_.RunFor(absl::Milliseconds(1));
  EXPECT_EQ(log_.end->code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ticker_->open_streams, 0);
}

TEST_F(StreamTest, AStreamWhoseReplyNeverArrivesIsClosed) {
  Serve(absl::Seconds(1), 1'000'000);
  client_.Spawn(CallOnce(client_, kTicks, absl::Seconds(10), &log_));
  Cut(/*both_ways=*/false);
  world_.RunFor(absl::Seconds(5));
  EXPECT_EQ(ticker_->open_streams, 1);
  world_.RunFor(absl::Minutes(1));
  EXPECT_EQ(log_.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ticker_->open_streams, 0);
}

}  // namespace
}  // namespace drydock::sim
