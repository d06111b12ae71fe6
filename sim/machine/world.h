// A simulated world: time, a network, machines, and one seed.
#ifndef DRYDOCK_SIM_MACHINE_WORLD_H_
#define DRYDOCK_SIM_MACHINE_WORLD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "sim/kernel/kernel.h"
#include "sim/machine/machine.h"
#include "sim/network/link_model.h"
#include "sim/network/network.h"
#include "src/rt/random.h"

namespace drydock::sim {

struct WorldOptions {
  uint64_t seed = 1;
  // What every wall clock shows at virtual time 0.
  absl::Time wall_origin = KernelOptions().wall_origin;
  // Pick among work that is ready by the seed, not first in, first out.
  bool explore = false;
  NetworkOptions network;
};

class World {
 public:
  explicit World(WorldOptions options = {})
      : seed_(options.seed),
        kernel_(MakeKernelOptions(options)),
        network_(kernel_, options.seed, std::move(options.network)) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  // Machines die in the order in which they were made.
  ~World() {
    for (std::unique_ptr<Machine>& machine : machines_) machine.reset();
  }

  // REQUIRES: `name` is new and has no '/'.
  Machine& AddMachine(std::string name, absl::string_view zone = "") {
    machines_.push_back(std::make_unique<Machine>(kernel_, network_, seed_, name, zone));
    by_name_[std::move(name)] = machines_.back().get();
    return *machines_.back();
  }
  Machine* FindMachine(absl::string_view name) const {  // Null when there is none.
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }
  // By the order of their names.
  const absl::btree_map<std::string, Machine*>& machines() const { return by_name_; }

  uint64_t seed() const { return seed_; }
  Kernel& kernel() { return kernel_; }
  Network& network() { return network_; }
  // For what belongs to no machine: workloads, faults, checks.
  rt::Executor& executor() { return kernel_.executor(); }
  rt::Random NewRandom(absl::string_view purpose) const { return rt::Random(seed_, purpose); }

  absl::Duration Now() const { return kernel_.Now(); }
  void Run(absl::Duration until) { kernel_.Run(until); }
  void RunFor(absl::Duration duration) { kernel_.RunFor(duration); }
  uint64_t digest() const { return kernel_.digest().value(); }

 private:
  static KernelOptions MakeKernelOptions(const WorldOptions& options) {
    KernelOptions kernel{.wall_origin = options.wall_origin, .exploration_seed = std::nullopt};
    if (options.explore) kernel.exploration_seed = options.seed;
    return kernel;
  }

  const uint64_t seed_;
  Kernel kernel_;
  Network network_;
  std::vector<std::unique_ptr<Machine>> machines_;
  absl::btree_map<std::string, Machine*> by_name_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_MACHINE_WORLD_H_
