// A simulated machine and what runs on it.
//
//   World world({.seed = 1});
//   Machine& node = world.AddMachine("node-0", "zone-a");
//   Process& kubelet = node.AddProcess("kubelet", [&](Process& process) {
//     auto& component = process.Emplace<Kubelet>(process, config);
//     process.Spawn(component.Run());
//   });
//   kubelet.Kill();     // At any moment between turns: nothing of it runs again.
//   kubelet.Start();    // A new incarnation, made by the same factory.
//   node.PowerOff();    // All processes die, and nobody is told.
//   node.PowerOn();     // They start again.
#ifndef DRYDOCK_SIM_MACHINE_MACHINE_H_
#define DRYDOCK_SIM_MACHINE_MACHINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "sim/kernel/kernel.h"
#include "sim/network/endpoint.h"
#include "sim/network/network.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::sim {

class Machine;

// Folds the notes of a machine's components into the digest of the run.
class MachineTrace final : public rt::Trace {
 public:
  MachineTrace(Kernel& kernel, MachineId machine) : kernel_(kernel), machine_(machine) {}
  void Note(absl::string_view kind, uint64_t digest) override;

 private:
  Kernel& kernel_;
  const MachineId machine_;
};

// A program on a machine: components and the tasks that run them, which die
// together and may be started again.
class Process final : public rt::Env {
 public:
  // Makes an incarnation: Emplace the components, Spawn their tasks. Called once
  // for each Start; what it refers to outlives the process.
  using Factory = std::function<void(Process& process)>;

  Process(Machine& machine, std::string name, Factory factory);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() override { Kill(); }

  const std::string& name() const { return name_; }
  bool running() const { return incarnation_ != nullptr; }
  uint32_t starts() const { return starts_; }  // How many incarnations there have been.

  // A new incarnation. REQUIRES: not running, and the machine has power.
  void Start();
  // A crash. First the network forgets the process (its listeners, what it was
  // serving, its streams: peers see resets if the machine has power), then its
  // tasks die where they wait, then its components, the last made first. Does
  // nothing when it does not run. REQUIRES: not in a turn of the process itself.
  void Kill();
  // The process ends by itself: Kill in a turn of its own.
  void Exit();
  // Stops and resumes its turns: see LocalExecutor.
  void Freeze();
  void Thaw();

  // For the factory, and for code that the process runs. REQUIRES: running.
  void Spawn(rt::Task<> task);
  template <typename T, typename... Arguments>
  T& Emplace(Arguments&&... arguments) {
    auto component = std::make_shared<T>(std::forward<Arguments>(arguments)...);
    T& made = *component;
    Own(std::move(component));
    return made;
  }
  void Own(std::shared_ptr<void> component);

  // Env. References to the executor and the transport are those of one incarnation.
  const std::string& machine() const override;
  LocalExecutor& executor() override;
  Endpoint& transport() override;
  rt::Trace& trace() override;
  // Every incarnation has streams of its own.
  rt::Random NewRandom(absl::string_view purpose) override;

 private:
  struct Incarnation {
    Incarnation(Machine& machine);
    ~Incarnation();
    LocalExecutor executor;
    Endpoint endpoint;
    std::vector<std::shared_ptr<void>> components;
    rt::TaskGroup tasks;
  };
  class ExitEvent final : public Event {
   public:
    explicit ExitEvent(Process& process) : process_(process) {}
    void Fire() override { process_.Kill(); }

   private:
    Process& process_;
  };

  Incarnation& incarnation();

  Machine& machine_;
  const std::string name_;
  const Factory factory_;
  uint32_t starts_ = 0;
  std::unique_ptr<Incarnation> incarnation_;
  ExitEvent exit_;
};

// As an Env, a machine is a process that lives as long as the machine has power:
// enough for tests and for what needs no process of its own.
class Machine final : public rt::Env {
 public:
  // World makes machines.
  Machine(Kernel& kernel, Network& network, uint64_t seed, std::string name,
          absl::string_view zone);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() override;

  MachineId id() const { return id_; }
  const std::string& zone() const { return zone_; }

  // Starts it at once if the machine has power, and again at every PowerOn.
  // REQUIRES: `name` is new on this machine.
  Process& AddProcess(std::string name, Process::Factory factory);
  Process* FindProcess(absl::string_view name);  // Null when there is none.
  const std::vector<std::unique_ptr<Process>>& processes() const { return processes_; }

  // Loses power: all processes die, and their peers hear nothing.
  // REQUIRES: not in a turn of this machine.
  void PowerOff();
  void PowerOn();
  bool powered() const { return powered_; }
  // Called with the new state at each change: after everything has died, before
  // anything starts. For what models the machine's hardware.
  void AddPowerListener(std::function<void(bool powered)> listener);

  // All turns of all processes: see LocalExecutor.
  void Freeze();
  void Thaw();
  bool frozen() const { return executor_.frozen(); }

  MachineClocks& clocks() { return clocks_; }

  // Runs on the machine until it loses power.
  void Spawn(rt::Task<> task) { tasks_.Spawn(std::move(task)); }

  const std::string& machine() const override { return name_; }
  LocalExecutor& executor() override { return executor_; }
  Endpoint& transport() override { return *endpoint_; }
  rt::Trace& trace() override { return trace_; }
  rt::Random NewRandom(absl::string_view purpose) override;

  Network& network() { return network_; }

 private:
  Kernel& kernel_;
  Network& network_;
  const rt::Random random_;
  const std::string name_;
  const std::string zone_;
  const MachineId id_;
  bool powered_ = true;
  MachineClocks clocks_;
  LocalExecutor executor_;
  std::optional<Endpoint> endpoint_;
  MachineTrace trace_;
  std::vector<std::function<void(bool)>> power_listeners_;
  std::vector<std::unique_ptr<Process>> processes_;
  rt::TaskGroup tasks_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_MACHINE_MACHINE_H_
