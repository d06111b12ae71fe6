// The tripwires fire while simulated code runs, and only then.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/kernel/kernel.h"
#include "sim/tripwire/simulation_scope.h"

namespace drydock::sim {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DRYDOCK_NO_TRIPWIRES
#endif
#endif

// Does something in a turn of the kernel.
class Doing final : public Event {
 public:
  explicit Doing(std::function<void()> what) : what_(std::move(what)) {}
  ~Doing() override = default;
  void Fire() override { what_(); }

 private:
  const std::function<void()> what_;
};

void Simulate(const std::function<void()>& what) {
  Kernel kernel;
  Doing event(what);
  kernel.ScheduleAfter(event, 1);
  kernel.Run();
}

volatile long sink;

struct Question {
  const char* message;  // What the tripwire names.
  std::function<void()> ask;
};

std::vector<Question> Questions() {
  return {
      {"time", [] { sink = time(nullptr); }},
      {"clock_gettime", [] { sink = absl::ToUnixNanos(absl::Now()); }},
      {"clock_gettime", [] { sink = std::chrono::system_clock::now().time_since_epoch().count(); }},
      {"clock_gettime", [] { sink = std::chrono::steady_clock::now().time_since_epoch().count(); }},
      {"nanosleep", [] { absl::SleepFor(absl::Nanoseconds(1)); }},
      {"getrandom",
       [] {
         char byte;
         sink = getrandom(&byte, 1, 0);
       }},
      {"random_device", [] { sink = std::random_device()(); }},
      {"rand", [] { sink = rand(); }},
      {"pthread_create", [] { std::thread([] {}).join(); }},
      {"open", [] { sink = open("/dev/null", O_RDONLY); }},
      {"fopen", [] { sink = fopen("/dev/null", "r") == nullptr; }},
      {"socket", [] { sink = socket(AF_INET, SOCK_STREAM, 0); }},
      {"getenv", [] { sink = getenv("HOME") == nullptr; }},
  };
}

TEST(TripwireDeathTest, EachQuestionToTheOutsideEndsASimulation) {
#ifdef DRYDOCK_NO_TRIPWIRES
  GTEST_SKIP() << "the sanitizers replace the same functions";
#endif
  for (const Question& question : Questions()) {
    EXPECT_DEATH(Simulate(question.ask),
                 std::string("simulated code called .*") + question.message);
  }
}

TEST(Tripwire, TheSameQuestionsAreAnsweredOutsideOfASimulation) {
  for (const Question& question : Questions()) question.ask();
}

// Abseil samples one cord in some 50,000 for its profiler and asks for the time then.
TEST(Tripwire, CordsOfASimulationAreNotSampled) {
  const std::string text(100, 'x');
  Simulate([&text] {
    for (int i = 0; i < 2'000'000; ++i) {
      const absl::Cord cord{absl::string_view(text)};
      sink = static_cast<long>(cord.size());
    }
  });
}

TEST(Tripwire, AHarnessMayAskWithinARun) {
  Simulate([] {
    const OutsideScope outside;
    for (const Question& question : Questions()) question.ask();
  });
}

}  // namespace
}  // namespace drydock::sim
