// The real world as a component sees it: this machine's clocks and randomness, and the
// other components of the process.
#ifndef DRYDOCK_REAL_HOST_HOST_ENV_H_
#define DRYDOCK_REAL_HOST_HOST_ENV_H_

#include <cstdint>
#include <map>
#include <string>

#include <boost/asio/io_context.hpp>

#include "real/asio/asio_executor.h"
#include "real/host/local_transport.h"
#include "src/rt/env.h"

namespace drydock::real {

// Counts what components note, by kind.
class CountingTrace final : public rt::Trace {
 public:
  void Note(absl::string_view kind, uint64_t digest) override;
  // Kinds are constants of the code: there are few.
  const std::map<std::string, uint64_t, std::less<>>& counts() const { return counts_; }

 private:
  std::map<std::string, uint64_t, std::less<>> counts_;
};

class HostEnv final : public rt::Env {
 public:
  // `io` outlives the environment. Its random numbers come from a seed of the operating
  // system's: 64 bits, which is enough for names and ties, not for secrets.
  HostEnv(boost::asio::io_context& io, std::string machine);
  HostEnv(const HostEnv&) = delete;
  HostEnv& operator=(const HostEnv&) = delete;

  const std::string& machine() const override { return machine_; }
  AsioExecutor& executor() override { return executor_; }
  rt::Transport& transport() override { return transport_; }
  CountingTrace& trace() override { return trace_; }
  // Unlike the simulator's, the streams of two processes have nothing in common.
  rt::Random NewRandom(absl::string_view purpose) override;

 private:
  const std::string machine_;
  const uint64_t seed_;
  AsioExecutor executor_;
  LocalTransport transport_;
  CountingTrace trace_;
};

// This machine's name, as the operating system has it.
std::string HostName();

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HOST_HOST_ENV_H_
