// The lives and deaths of processes and machines.
#include "sim/machine/machine.h"

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"
#include "src/rt/payload.h"

namespace drydock::sim {

void MachineTrace::Note(absl::string_view kind, uint64_t digest) {
  kernel_.digest().Note(kernel_.now(), machine_, rt::DigestBytes(kind.data(), kind.size()), digest);
}

Process::Incarnation::Incarnation(Machine& machine)
    : executor(machine.executor().kernel(), machine.clocks(), machine.id()),
      endpoint(machine.network(), machine.id(), executor) {}

Process::Incarnation::~Incarnation() {
  endpoint.Detach();
  tasks.Clear();
  while (!components.empty()) components.pop_back();
}

Process::Process(Machine& machine, std::string name, Factory factory)
    : machine_(machine), name_(std::move(name)), factory_(std::move(factory)), exit_(*this) {}

void Process::Start() {
  DRYDOCK_CHECK(!running(), name_, " runs already on ", machine_.machine());
  DRYDOCK_CHECK(machine_.powered(), name_, " cannot start: no power on ", machine_.machine());
  ++starts_;
  trace().Note("process/start", rt::DigestBytes(name_.data(), name_.size()));
  incarnation_ = std::make_unique<Incarnation>(machine_);
  if (machine_.frozen()) incarnation_->executor.Freeze();
  factory_(*this);
}

void Process::Kill() {
  if (!running()) return;
  DRYDOCK_CHECK(machine_.executor().kernel().running() != &incarnation_->executor, name_,
                " kills itself in its own turn on ", machine_.machine());
  exit_.Cancel();
  trace().Note("process/kill", rt::DigestBytes(name_.data(), name_.size()));
  // The process is gone before its parts are, so that nothing starts it in between.
  const std::unique_ptr<Incarnation> dying = std::move(incarnation_);
  dying->endpoint.Detach();
  dying->tasks.Clear();
}

void Process::Exit() {
  if (running()) machine_.executor().kernel().Schedule(exit_);
}

void Process::Freeze() { incarnation().executor.Freeze(); }
void Process::Thaw() { incarnation().executor.Thaw(); }
void Process::Spawn(rt::Task<> task) { incarnation().tasks.Spawn(std::move(task)); }
void Process::Own(std::shared_ptr<void> component) {
  incarnation().components.push_back(std::move(component));
}

const std::string& Process::machine() const { return machine_.machine(); }
LocalExecutor& Process::executor() { return incarnation().executor; }
Endpoint& Process::transport() { return incarnation().endpoint; }
rt::Trace& Process::trace() { return machine_.trace(); }

rt::Random Process::NewRandom(absl::string_view purpose) {
  return machine_.NewRandom(absl::StrCat(name_, "/", purpose, "#", starts_));
}

Process::Incarnation& Process::incarnation() {
  DRYDOCK_CHECK(running(), name_, " does not run on ", machine_.machine());
  return *incarnation_;
}

Machine::Machine(Kernel& kernel, Network& network, uint64_t seed, std::string name,
                 absl::string_view zone)
    : kernel_(kernel),
      network_(network),
      random_(seed, absl::StrCat("machine/", name)),
      name_(std::move(name)),
      zone_(zone),
      id_(network.AddMachine(name_, zone)),
      clocks_(kernel),
      executor_(kernel, clocks_, id_),
      trace_(kernel, id_) {
  endpoint_.emplace(network_, id_, executor_);
}

Machine::~Machine() {
  processes_.clear();
  endpoint_->Detach();
  tasks_.Clear();
}

Process& Machine::AddProcess(std::string name, Process::Factory factory) {
  DRYDOCK_CHECK(FindProcess(name) == nullptr, name, " exists already on ", name_);
  processes_.push_back(std::make_unique<Process>(*this, std::move(name), std::move(factory)));
  Process& process = *processes_.back();
  if (powered_) process.Start();
  return process;
}

Process* Machine::FindProcess(absl::string_view name) {
  for (const std::unique_ptr<Process>& process : processes_) {
    if (process->name() == name) return process.get();
  }
  return nullptr;
}

void Machine::PowerOff() {
  if (!powered_) return;
  DRYDOCK_CHECK(kernel_.running() != &executor_, name_, " powers itself off in its own turn");
  powered_ = false;
  network_.SetPowered(id_, false);
  for (const std::unique_ptr<Process>& process : processes_) process->Kill();
  endpoint_->Detach();
  tasks_.Clear();
  executor_.Thaw();
  for (const auto& listener : power_listeners_) listener(false);
}

void Machine::PowerOn() {
  if (powered_) return;
  powered_ = true;
  endpoint_.emplace(network_, id_, executor_);
  for (const auto& listener : power_listeners_) listener(true);
  network_.SetPowered(id_, true);
  for (size_t i = 0; i < processes_.size(); ++i) processes_[i]->Start();
}

void Machine::AddPowerListener(std::function<void(bool powered)> listener) {
  power_listeners_.push_back(std::move(listener));
}

void Machine::Freeze() {
  executor_.Freeze();
  for (const std::unique_ptr<Process>& process : processes_) {
    if (process->running()) process->Freeze();
  }
}

void Machine::Thaw() {
  executor_.Thaw();
  for (const std::unique_ptr<Process>& process : processes_) {
    if (process->running()) process->Thaw();
  }
}

rt::Random Machine::NewRandom(absl::string_view purpose) { return random_.Fork(purpose); }

}  // namespace drydock::sim
