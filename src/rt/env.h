// What the world gives to a component: passed by reference, never global, so that
// thousands of machines and several clusters fit into one process.
#ifndef DRYDOCK_SRC_RT_ENV_H_
#define DRYDOCK_SRC_RT_ENV_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "src/rt/executor.h"
#include "src/rt/random.h"
#include "src/rt/transport.h"

namespace drydock::rt {

// Where a component notes what it decided. The simulator folds notes into the
// run's digest and can record them; the real build counts them.
class Trace {
 public:
  virtual ~Trace() = default;
  // `kind` is a short constant name ("scheduler/bind"), `digest` a hash of the rest.
  virtual void Note(absl::string_view kind, uint64_t digest) = 0;
};

class Env {
 public:
  virtual ~Env() = default;
  virtual const std::string& machine() const = 0;  // This machine's name, unique in the cluster.
  virtual Executor& executor() = 0;
  virtual Transport& transport() = 0;
  virtual Trace& trace() = 0;
  // A new stream of random numbers for `purpose` on this machine. The same purpose
  // gives the same numbers: name streams apart.
  virtual Random NewRandom(absl::string_view purpose) = 0;
};

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_ENV_H_
