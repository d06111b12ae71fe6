// The network between simulated machines, at the level of calls and streams.
//
// A call is one request and one reply over TCP as an application sees it: messages
// are handed over by reference, arrive after a drawn latency, overtake each other
// between calls but not within a stream, and fail as connections do. Loss of
// packets is a delay (a retransmission), not a loss; a reply that never comes, a
// connection that is reset, a partition that nobody is told of are what code above
// TCP has to live with, and are modelled as such.
//
// The cost matters, because thousands of nodes make millions of calls: names are
// resolved to small numbers in one look-up, and a call without faults allocates
// nothing but the frames of the coroutines at its two ends.
#ifndef DRYDOCK_SIM_NETWORK_NETWORK_H_
#define DRYDOCK_SIM_NETWORK_NETWORK_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sim/kernel/kernel.h"
#include "sim/network/link_model.h"
#include "sim/network/linked_list.h"
#include "sim/network/network_fault.h"
#include "src/rt/random.h"

namespace drydock::sim {

class Call;
class Connection;
class ServiceListener;

struct NetworkStats {
  uint64_t calls = 0;
  uint64_t replies = 0;          // That reached their caller.
  uint64_t stream_messages = 0;  // That reached their reader's machine.
  uint64_t refused = 0;          // Calls to a service that nobody serves.
  uint64_t lost = 0;             // Requests and replies.
  uint64_t broken = 0;           // Calls and streams that ended in a reset or a keep-alive.
};

class Network {
 public:
  using FaultId = uint64_t;

  // `kernel` outlives the network; endpoints die before it.
  Network(Kernel& kernel, uint64_t seed, NetworkOptions options);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network();

  // REQUIRES: `name` is new and has no '/'.
  MachineId AddMachine(std::string name, absl::string_view zone);
  const std::string& machine_name(MachineId id) const { return names_[id]; }
  size_t machine_count() const { return machines_.size(); }

  // kNotFound names the first machine that does not exist.
  absl::StatusOr<MachineSet> Machines(const std::vector<std::string>& names) const;
  MachineSet Zone(absl::string_view zone) const;  // Those of now.
  static MachineSet Everyone() { return {.everyone = true}; }
  static MachineSet Only(MachineId id) { return {.members = {id}}; }

  FaultId AddFault(NetworkFault fault);
  void RemoveFault(FaultId id);
  void RemoveAllFaults();
  size_t fault_count() const { return faults_.size(); }
  // Breaks the streams that are open between the two sets; both ends hear at once.
  void ResetStreams(const MachineSet& a, const MachineSet& b);
  // Whether a cut keeps messages from reaching `to`.
  bool Cut(MachineId from, MachineId to) const;

  // A machine without power hears and says nothing. Its processes die before or
  // right after it loses power: see Machine.
  void SetPowered(MachineId id, bool powered);
  bool powered(MachineId id) const { return machines_[id].powered; }

  const NetworkStats& stats() const { return stats_; }
  Kernel& kernel() const { return kernel_; }

 private:
  friend class Call;
  friend class Connection;
  friend class Endpoint;
  friend class ServiceListener;

  using ServiceId = uint32_t;

  struct Link {
    explicit Link(const LinkProfile& from)
        : profile(from), sampler(from.latency), lossy(from.lossy()) {}
    LinkProfile profile;
    LatencySampler sampler;
    bool lossy;
  };

  // Membership as one bit a machine.
  struct Members {
    explicit Members(const MachineSet& set);
    bool Contains(MachineId id) const { return everyone || (id < bits.size() && bits[id]); }
    std::vector<bool> bits;
    bool everyone;
  };
  struct ActiveFault {
    explicit ActiveFault(NetworkFault given) : fault(given), from(fault.from), to(fault.to) {}
    const NetworkFault fault;
    const Members from;
    const Members to;
  };
  // A fault as one of its senders sees it.
  struct DirectedFault {
    FaultId id;
    const NetworkFault* fault;
    const Members* to;
  };

  // What every message needs of its sender: one line of the cache.
  struct alignas(64) MachineState {
    uint32_t zone;
    bool powered;
    std::vector<DirectedFault> faults;  // On what it sends, in the order of their ids.
    rt::Random latency;                 // One stream for how long, one for whether at all:
    rt::Random fate;                    // a fault moves no latency.
  };

  struct Service {
    MachineId machine;
    ServiceListener* listener;  // Null while nobody serves.
    std::string address;
  };

  enum class Fate : uint8_t { kNormal, kLoseRequest, kLoseReply, kResetBefore, kResetAfter };

  // The number of "machine/service"; kNoService when there is no such machine.
  static constexpr ServiceId kNoService = UINT32_MAX;
  ServiceId Resolve(absl::string_view address);

  uint32_t ZoneId(absl::string_view zone);
  const Link& LinkBetween(const MachineState& a, const MachineState& b) const;
  Nanos Delay(MachineId from, MachineId to);
  Nanos DelayUnderFaults(MachineState& from, MachineId to, const Link& link, Nanos delay);
  Fate DrawFate(MachineId from, MachineId to);
  // How long after a link is back the next retransmission comes.
  Nanos RetransmissionDelay(MachineId from);
  bool Reachable(MachineId from, MachineId to) const {
    return machines_[to].powered && !Cut(from, to);
  }
  void LinksChanged();

  void Attach(FaultId id, const ActiveFault& active, MachineId machine);
  void Note(MachineId machine, EventDigest::Kind kind, uint64_t payload) {
    kernel_.digest().Note(kernel_.now(), machine, kind, payload);
  }

  Call& NewCall();
  void Free(Call& call);

  Kernel& kernel_;
  const uint64_t seed_;
  const NetworkOptions options_;
  const Nanos keep_alive_;

  std::vector<MachineState> machines_;
  std::deque<std::string> names_;  // Of machines.
  std::vector<std::string> zones_;
  std::vector<std::unique_ptr<Link>> links_;          // Same machine, same zone, other zone, pairs.
  std::vector<std::vector<const Link*>> zone_links_;  // Empty unless there are pairs.

  absl::flat_hash_map<std::string, MachineId> machine_ids_;  // Looked up, never iterated.
  absl::flat_hash_map<std::string, ServiceId> service_ids_;  // Looked up, never iterated.
  std::vector<Service> services_;

  std::map<FaultId, std::unique_ptr<ActiveFault>> faults_;
  FaultId next_fault_ = 1;

  std::vector<std::unique_ptr<Call>> calls_;  // All that ever were at once, for reuse.
  std::vector<Call*> free_calls_;
  LinkedList<Call> stalled_;  // Those whose message waits for a link.
  LinkedList<Connection> connections_;
  NetworkStats stats_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_NETWORK_NETWORK_H_
