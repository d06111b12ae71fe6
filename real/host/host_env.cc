#include "real/host/host_env.h"

#include <array>
#include <utility>

#include <sys/random.h>
#include <unistd.h>

#include "src/rt/check.h"

namespace drydock::real {
namespace {

uint64_t SeedOfTheSystem() {
  uint64_t seed = 0;
  // So few bytes are never given in part.
  DRYDOCK_CHECK(getrandom(&seed, sizeof seed, 0) == sizeof seed, "no randomness");
  return seed;
}

}  // namespace

void CountingTrace::Note(absl::string_view kind, uint64_t /*digest*/) {
  const auto found = counts_.find(kind);
  if (found != counts_.end()) {
    ++found->second;
  } else {
    counts_.emplace(std::string(kind), 1);
  }
}

HostEnv::HostEnv(boost::asio::io_context& io, std::string machine)
    : machine_(std::move(machine)),
      seed_(SeedOfTheSystem()),
      executor_(io),
      transport_(executor_, machine_) {}

rt::Random HostEnv::NewRandom(absl::string_view purpose) { return rt::Random(seed_, purpose); }

std::string HostName() {
  std::array<char, 256> name = {};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

}  // namespace drydock::real
