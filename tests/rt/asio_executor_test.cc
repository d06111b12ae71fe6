// The real executor keeps the seam's promises.
#include "real/asio/asio_executor.h"

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::real {
namespace {

using Names = std::vector<std::string>;

rt::Task<> YieldThenLog(rt::Executor& executor, std::string name, Names* log) {
  co_await executor.Yield();
  log->push_back(name);
}
rt::Task<> SleepThenLog(rt::Executor& executor, absl::Duration duration, std::string name,
                        Names* log) {
  co_await executor.SleepFor(duration);
  log->push_back(name);
}
rt::Task<> YieldThenKill(rt::Executor& executor, std::unique_ptr<rt::TaskGroup>* victim) {
  co_await executor.Yield();
  victim->reset();
}

class AsioExecutorTest : public testing::Test {
 protected:
  boost::asio::io_context io_{1};
  AsioExecutor executor_{io_};
  Names log_;
};

TEST_F(AsioExecutorTest, RunsReadyWorkInItsOrderAndTimersByTheirTime) {
  rt::TaskGroup tasks;
  tasks.Spawn(SleepThenLog(executor_, absl::Milliseconds(60), "late", &log_));
  tasks.Spawn(SleepThenLog(executor_, absl::Milliseconds(20), "early", &log_));
  for (const char* name : {"a", "b", "c"}) tasks.Spawn(YieldThenLog(executor_, name, &log_));
  io_.run();
  EXPECT_EQ(log_, (Names{"a", "b", "c", "early", "late"}));
}

TEST_F(AsioExecutorTest, NeverWakesEarly) {
  rt::TaskGroup tasks;
  const rt::Instant start = executor_.Now();
  tasks.Spawn(SleepThenLog(executor_, absl::Milliseconds(10), "woke", &log_));
  io_.run();
  EXPECT_GE(executor_.Now() - start, absl::Milliseconds(10));
}

TEST_F(AsioExecutorTest, TasksThatDieAreTakenOffItsQueues) {
  auto victim = std::make_unique<rt::TaskGroup>();
  rt::TaskGroup killer;
  killer.Spawn(YieldThenKill(executor_, &victim));
  victim->Spawn(YieldThenLog(executor_, "ready", &log_));
  victim->Spawn(SleepThenLog(executor_, absl::Hours(1), "timer", &log_));
  io_.run();
  EXPECT_TRUE(log_.empty());
}

TEST_F(AsioExecutorTest, AnInfiniteSleepNeverEnds) {
  rt::TaskGroup tasks;
  tasks.Spawn(SleepThenLog(executor_, absl::InfiniteDuration(), "woke", &log_));
  io_.run_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(log_.empty());
}

TEST_F(AsioExecutorTest, TheWallClockIsTheSystems) {
  EXPECT_LT(absl::AbsDuration(executor_.WallNow() - absl::Now()), absl::Seconds(5));
}

TEST(AsioExecutor, MayDieBeforeItsLoop) {
  boost::asio::io_context io(1);
  Names log;
  {
    AsioExecutor executor(io);
    rt::TaskGroup tasks;
    tasks.Spawn(YieldThenLog(executor, "ready", &log));
    tasks.Spawn(SleepThenLog(executor, absl::Milliseconds(1), "timer", &log));
  }
  io.run();
  EXPECT_TRUE(log.empty());
}

}  // namespace
}  // namespace drydock::real
