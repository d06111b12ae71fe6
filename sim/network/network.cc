// Machines, links and faults of the simulated network.
#include "sim/network/network.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sim/network/call.h"
#include "sim/network/connection.h"
#include "src/rt/check.h"

namespace drydock::sim {
namespace {

constexpr size_t kSameMachine = 0;
constexpr size_t kSameZone = 1;
constexpr size_t kOtherZone = 2;

double Either(double a, double b) { return 1 - (1 - a) * (1 - b); }

}  // namespace

Network::Members::Members(const MachineSet& set) : everyone(set.everyone) {
  for (const MachineId id : set.members) {
    if (id >= bits.size()) bits.resize(id + 1);
    bits[id] = true;
  }
}

Network::Network(Kernel& kernel, uint64_t seed, NetworkOptions options)
    : kernel_(kernel),
      seed_(seed),
      options_(std::move(options)),
      keep_alive_(ToNanos(options_.keep_alive)) {
  links_.push_back(std::make_unique<Link>(options_.same_machine));
  links_.push_back(std::make_unique<Link>(options_.same_zone));
  links_.push_back(std::make_unique<Link>(options_.cross_zone));
  for (const auto& [zones, profile] : options_.zone_pairs) {
    const uint32_t a = ZoneId(zones.first);
    const uint32_t b = ZoneId(zones.second);
    links_.push_back(std::make_unique<Link>(profile));
    zone_links_[a][b] = zone_links_[b][a] = links_.back().get();
  }
}

Network::~Network() {
  for (const std::unique_ptr<Call>& call : calls_) call->Release();
  while (!connections_.empty()) delete &connections_.front();
}

uint32_t Network::ZoneId(absl::string_view zone) {
  const auto found = std::find(zones_.begin(), zones_.end(), zone);
  const auto id = static_cast<uint32_t>(found - zones_.begin());
  if (found != zones_.end()) return id;
  zones_.emplace_back(zone);
  if (!options_.zone_pairs.empty()) {
    zone_links_.emplace_back();
    for (std::vector<const Link*>& row : zone_links_) {
      row.resize(zones_.size(), links_[kOtherZone].get());
    }
    zone_links_[id][id] = links_[kSameZone].get();
  }
  return id;
}

MachineId Network::AddMachine(std::string name, absl::string_view zone) {
  DRYDOCK_CHECK(name.find('/') == std::string::npos, name);
  const auto id = static_cast<MachineId>(machines_.size());
  const bool is_new = machine_ids_.emplace(name, id).second;
  DRYDOCK_CHECK(is_new, "two machines are called ", name);
  const uint32_t zone_id = ZoneId(zone);
  machines_.push_back({.zone = zone_id,
                       .powered = true,
                       .faults = {},
                       .latency = rt::Random(seed_, absl::StrCat("network/latency/", name)),
                       .fate = rt::Random(seed_, absl::StrCat("network/fate/", name))});
  names_.push_back(std::move(name));
  for (const auto& [fault_id, active] : faults_) Attach(fault_id, *active, id);
  return id;
}

absl::StatusOr<MachineSet> Network::Machines(const std::vector<std::string>& names) const {
  MachineSet set;
  for (const std::string& name : names) {
    const auto found = machine_ids_.find(name);
    if (found == machine_ids_.end()) {
      return absl::NotFoundError(absl::StrCat("no machine is called \"", name, "\""));
    }
    set.members.push_back(found->second);
  }
  return set;
}

MachineSet Network::Zone(absl::string_view zone) const {
  MachineSet set;
  for (MachineId id = 0; id < machines_.size(); ++id) {
    if (zones_[machines_[id].zone] == zone) set.members.push_back(id);
  }
  return set;
}

Network::FaultId Network::AddFault(NetworkFault fault) {
  const FaultId id = next_fault_++;
  const auto& active = faults_[id] = std::make_unique<ActiveFault>(std::move(fault));
  for (MachineId machine = 0; machine < machines_.size(); ++machine) {
    Attach(id, *active, machine);
  }
  Note(0, EventDigest::kFault, id);
  LinksChanged();
  return id;
}

void Network::Attach(FaultId id, const ActiveFault& active, MachineId machine) {
  std::vector<DirectedFault>& faults = machines_[machine].faults;
  if (active.from.Contains(machine)) faults.push_back({id, &active.fault, &active.to});
  if (active.fault.both_ways && active.to.Contains(machine)) {
    faults.push_back({id, &active.fault, &active.from});
  }
}

void Network::RemoveFault(FaultId id) {
  for (MachineState& machine : machines_) {
    std::erase_if(machine.faults, [id](const DirectedFault& fault) { return fault.id == id; });
  }
  if (faults_.erase(id) == 0) return;
  Note(1, EventDigest::kFault, id);
  LinksChanged();
}

void Network::RemoveAllFaults() {
  while (!faults_.empty()) RemoveFault(faults_.begin()->first);
}

void Network::ResetStreams(const MachineSet& a, const MachineSet& b) {
  const Members left(a);
  const Members right(b);
  const absl::Status reason = absl::UnavailableError("connection reset by peer");
  connections_.ForEach([&](Connection& connection) {
    const bool between =
        (left.Contains(connection.client()) && right.Contains(connection.server())) ||
        (right.Contains(connection.client()) && left.Contains(connection.server()));
    if (between) connection.Reset(reason);
  });
}

void Network::SetPowered(MachineId id, bool powered) {
  if (machines_[id].powered == powered) return;
  machines_[id].powered = powered;
  Note(id, EventDigest::kMachineState, powered ? 1 : 0);
  LinksChanged();
}

void Network::LinksChanged() {
  stalled_.ForEach([](Call& call) { call.LinkChanged(); });
  connections_.ForEach([](Connection& connection) { connection.LinkChanged(); });
}

bool Network::Cut(MachineId from, MachineId to) const {
  if (from == to) return false;
  for (const DirectedFault& directed : machines_[from].faults) {
    if (directed.fault->cut && directed.to->Contains(to)) return true;
  }
  return false;
}

Network::ServiceId Network::Resolve(absl::string_view address) {
  const auto known = service_ids_.find(address);
  if (known != service_ids_.end()) return known->second;
  const auto machine = machine_ids_.find(address.substr(0, address.find('/')));
  if (machine == machine_ids_.end()) return kNoService;
  const auto id = static_cast<ServiceId>(services_.size());
  services_.push_back(
      {.machine = machine->second, .listener = nullptr, .address = std::string(address)});
  service_ids_.emplace(address, id);
  return id;
}

const Network::Link& Network::LinkBetween(const MachineState& a, const MachineState& b) const {
  if (&a == &b) return *links_[kSameMachine];
  if (!zone_links_.empty()) return *zone_links_[a.zone][b.zone];
  return *links_[a.zone == b.zone ? kSameZone : kOtherZone];
}

Nanos Network::Delay(MachineId from, MachineId to) {
  MachineState& sender = machines_[from];
  const Link& link = LinkBetween(sender, machines_[to]);
  const Nanos delay = link.sampler.Draw(sender.latency);
  if (!link.lossy && (sender.faults.empty() || from == to)) [[likely]]
    return delay;
  return DelayUnderFaults(sender, to, link, delay);
}

Nanos Network::DelayUnderFaults(MachineState& from, MachineId to, const Link& link, Nanos delay) {
  double retransmit = link.profile.retransmit;
  double slow_down = 1;
  Nanos extra = 0;
  for (const DirectedFault& directed : from.faults) {
    if (!directed.to->Contains(to)) continue;
    retransmit = Either(retransmit, directed.fault->retransmit);
    slow_down *= directed.fault->slow_down;
    extra += ToNanos(directed.fault->extra_latency);
  }
  if (slow_down != 1) delay = static_cast<Nanos>(static_cast<double>(delay) * slow_down);
  delay += extra;
  if (retransmit > 0) {
    // TCP gives up at some point as well; by then the callers have.
    constexpr int kMostRetransmissions = 10;
    Nanos timeout = ToNanos(options_.retransmission_timeout);
    for (int i = 0; i < kMostRetransmissions && from.fate.Chance(retransmit); ++i) {
      delay += timeout;
      timeout *= 2;
    }
  }
  return delay;
}

Network::Fate Network::DrawFate(MachineId from, MachineId to) {
  MachineState& sender = machines_[from];
  const Link& link = LinkBetween(sender, machines_[to]);
  if (!link.lossy && (sender.faults.empty() || from == to)) [[likely]]
    return Fate::kNormal;
  double lose_request = link.profile.lose_request;
  double lose_reply = link.profile.lose_reply;
  double reset = link.profile.reset;
  for (const DirectedFault& directed : sender.faults) {
    if (from == to || !directed.to->Contains(to)) continue;
    lose_request = Either(lose_request, directed.fault->lose_request);
    lose_reply = Either(lose_reply, directed.fault->lose_reply);
    reset = Either(reset, directed.fault->reset);
  }
  if (lose_request > 0 && sender.fate.Chance(lose_request)) return Fate::kLoseRequest;
  if (lose_reply > 0 && sender.fate.Chance(lose_reply)) return Fate::kLoseReply;
  if (reset > 0 && sender.fate.Chance(reset)) {
    return sender.fate.Chance(0.5) ? Fate::kResetBefore : Fate::kResetAfter;
  }
  return Fate::kNormal;
}

Nanos Network::RetransmissionDelay(MachineId from) {
  const auto timeout = static_cast<uint64_t>(ToNanos(options_.retransmission_timeout));
  return 1 + static_cast<Nanos>(machines_[from].fate.Below(timeout + 1));
}

Call& Network::NewCall() {
  if (free_calls_.empty()) {
    calls_.push_back(std::make_unique<Call>(*this));
    free_calls_.push_back(calls_.back().get());
  }
  Call& call = *free_calls_.back();
  free_calls_.pop_back();
  return call;
}

void Network::Free(Call& call) { free_calls_.push_back(&call); }

}  // namespace drydock::sim
