// A machine's disk in memory: what a crash leaves of it, and how it fails.
//
// It is as bad as rt/disk.h allows. A crash keeps for each sector that was written
// since the last sync any one of its states since then, drawn by seed and
// independently of all others, for each file any one of its sizes, and of the changes
// of names a prefix. After a sync that failed some sectors count as clean although
// they are not. Beyond what is allowed, syncs can be lost: reported and not done.
//
// Faults are placed by counting: run once to learn how many operations there are, then
// again with the machine stopped at the n-th.
#ifndef DRYDOCK_SIM_DISK_SIM_DISK_H_
#define DRYDOCK_SIM_DISK_SIM_DISK_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/rt/disk.h"
#include "src/rt/random.h"

namespace drydock::sim {

struct SimDiskOptions {
  std::string machine = "machine";  // For messages.
  uint64_t seed = 0;
  uint64_t capacity = std::numeric_limits<uint64_t>::max();  // Bytes, of all files together.
};

class SimDisk final : public rt::Disk {
 public:
  explicit SimDisk(SimDiskOptions options);
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;
  // Outlives its files and locks.
  ~SimDisk() override;

  absl::StatusOr<std::unique_ptr<rt::File>> Open(absl::string_view name, OpenMode mode) override;
  absl::StatusOr<bool> Exists(absl::string_view name) override;
  absl::Status Remove(absl::string_view name) override;
  absl::Status Rename(absl::string_view from, absl::string_view to) override;
  absl::Status SyncDirectory() override;
  absl::StatusOr<std::unique_ptr<rt::DiskLock>> Lock(absl::string_view name) override;
  std::string PathOf(absl::string_view name) const override;

  // What changes the disk is an operation: creations, writes, truncations, removals,
  // renames, syncs. Numbered from 1.
  uint64_t operations() const { return operations_; }
  uint64_t reads() const { return reads_; }
  uint64_t syncs() const { return syncs_; }            // Of files, reported as done.
  uint64_t lost_syncs() const { return lost_syncs_; }  // Of them, not done.

  // The machine stops during this operation, which may still be done. From then on
  // everything is kUnavailable and changes nothing, until Crash.
  void StopAt(uint64_t operation) { stop_at_ = operation; }
  bool stopped() const { return stopped_; }
  // Power was lost and is back: what was not synced is drawn, open files and locks are
  // dead.
  void Crash();

  // This operation, this read, fails once with an I/O error.
  void FailAt(uint64_t operation) { fail_at_ = operation; }
  void FailReadAt(uint64_t read) { fail_read_at_ = read; }
  // The share of syncs of files that are reported and not done.
  void LoseSyncs(double share) { lose_syncs_ = share; }
  void SetCapacity(uint64_t bytes) { options_.capacity = bytes; }
  // Inverts the bits of one byte, durably: a medium that forgets.
  void Damage(absl::string_view name, uint64_t offset);

  uint64_t used() const;
  // The bytes of a file as they are now; empty when there is none.
  std::string ContentOf(absl::string_view name) const;

 private:
  class OpenFile;
  class HeldLock;
  // Of a sector that was written since it was last synced.
  struct Unsynced {
    std::vector<std::string> earlier;  // Its states, without the present one.
    bool thought_clean = false;        // A sync failed: the next one will not write it.
  };
  struct Node {
    std::string content;
    std::map<uint64_t, Unsynced> unsynced;  // By number of sector.
    std::vector<uint64_t> earlier_sizes;
  };
  using Names = std::map<std::string, std::shared_ptr<Node>, std::less<>>;

  // Counts an operation. Null: do it. Otherwise: what to report, after doing it where
  // `*done` says so.
  absl::Status Begin(absl::string_view what, absl::string_view name, bool* done);
  absl::Status BeginRead(absl::string_view what, absl::string_view name);
  absl::Status Stopped() const;
  absl::Status ChangeNames(absl::string_view what, absl::string_view name, Names next);
  static void Remember(Node& node, uint64_t offset, uint64_t size);
  static void Write(Node& node, uint64_t offset, absl::string_view bytes);
  static void Truncate(Node& node, uint64_t size);
  static void Sync(Node& node);
  void FailSync(Node& node);
  void Crash(Node& node);

  SimDiskOptions options_;
  rt::Random random_;
  Names names_;
  std::vector<Names> earlier_names_;  // Since the last sync of the directory.
  std::set<std::string, std::less<>> locks_;
  uint64_t boots_ = 0;  // Files and locks of an earlier one are dead.
  uint64_t operations_ = 0;
  uint64_t reads_ = 0;
  uint64_t syncs_ = 0;
  uint64_t lost_syncs_ = 0;
  bool stopped_ = false;
  std::optional<uint64_t> stop_at_;
  std::optional<uint64_t> fail_at_;
  std::optional<uint64_t> fail_read_at_;
  double lose_syncs_ = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_DISK_SIM_DISK_H_
