// Files as strings, with the states that a crash may bring back.
#include "sim/disk/sim_disk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

constexpr uint64_t kSector = rt::kSectorSize;

absl::Status NoSuchFile(absl::string_view path) {
  return absl::NotFoundError(absl::StrCat("cannot open ", path, ": No such file or directory"));
}

// Puts `state` of a sector into `content`, which is longer than where it begins.
void Put(std::string& content, uint64_t sector, const std::string& state) {
  for (uint64_t i = 0; i < kSector && sector * kSector + i < content.size(); ++i) {
    content[sector * kSector + i] = i < state.size() ? state[i] : '\0';
  }
}

}  // namespace

class SimDisk::OpenFile final : public rt::File {
 public:
  OpenFile(SimDisk& disk, std::string name, std::shared_ptr<Node> node, bool writable)
      : disk_(disk),
        boot_(disk.boots_),
        name_(std::move(name)),
        node_(std::move(node)),
        writable_(writable) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, void* into, size_t size) override {
    if (boot_ != disk_.boots_) return disk_.Stopped();
    RETURN_IF_ERROR(disk_.BeginRead("read", name_));
    if (offset >= node_->content.size()) return size_t{0};
    const size_t count = std::min<uint64_t>(size, node_->content.size() - offset);
    std::memcpy(into, node_->content.data() + offset, count);
    return count;
  }

  absl::Status WriteAt(uint64_t offset, absl::string_view bytes) override {
    const uint64_t end = offset + bytes.size();
    const uint64_t growth = end > node_->content.size() ? end - node_->content.size() : 0;
    return Change("write", growth, [&] { Write(*node_, offset, bytes); });
  }

  absl::StatusOr<uint64_t> Size() override {
    if (boot_ != disk_.boots_) return disk_.Stopped();
    RETURN_IF_ERROR(disk_.BeginRead("stat", name_));
    return node_->content.size();
  }

  absl::Status Truncate(uint64_t size) override {
    const uint64_t growth = size > node_->content.size() ? size - node_->content.size() : 0;
    return Change("truncate", growth, [&] { SimDisk::Truncate(*node_, size); });
  }

  absl::Status Sync() override {
    if (boot_ != disk_.boots_) return disk_.Stopped();
    bool done = false;
    absl::Status status = disk_.Begin("sync", name_, &done);
    if (rt::IsIoError(status)) disk_.FailSync(*node_);
    if (status.ok()) {
      ++disk_.syncs_;
      if (disk_.lose_syncs_ > 0 && disk_.random_.Chance(disk_.lose_syncs_)) {
        ++disk_.lost_syncs_;
        return status;
      }
    }
    if (done) SimDisk::Sync(*node_);
    return status;
  }

 private:
  template <typename Do>
  absl::Status Change(absl::string_view what, uint64_t growth, Do change) {
    if (boot_ != disk_.boots_) return disk_.Stopped();
    if (!writable_) {
      return absl::PermissionDeniedError(
          absl::StrCat("cannot ", what, " ", disk_.PathOf(name_), ": it is open for reading"));
    }
    bool done = false;
    absl::Status status = disk_.Begin(what, name_, &done);
    const bool fits = growth == 0 || disk_.used() + growth <= disk_.options_.capacity;
    if (done && fits) change();
    if (status.ok() && !fits) {
      return absl::ResourceExhaustedError(
          absl::StrCat("cannot ", what, " ", disk_.PathOf(name_), ": No space left on device"));
    }
    return status;
  }

  SimDisk& disk_;
  const uint64_t boot_;
  const std::string name_;
  const std::shared_ptr<Node> node_;
  const bool writable_;
};

class SimDisk::HeldLock final : public rt::DiskLock {
 public:
  HeldLock(SimDisk& disk, std::string name)
      : disk_(disk), boot_(disk.boots_), name_(std::move(name)) {}
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  ~HeldLock() override {
    if (boot_ == disk_.boots_) disk_.locks_.erase(name_);
  }

 private:
  SimDisk& disk_;
  const uint64_t boot_;
  const std::string name_;
};

SimDisk::SimDisk(SimDiskOptions options)
    : options_(std::move(options)), random_(options_.seed, "sim/disk") {}

SimDisk::~SimDisk() = default;

std::string SimDisk::PathOf(absl::string_view name) const {
  return absl::StrCat(options_.machine, ":", name);
}

absl::Status SimDisk::Stopped() const {
  return absl::UnavailableError(absl::StrCat("the disk of ", options_.machine, " is gone"));
}

absl::Status SimDisk::Begin(absl::string_view what, absl::string_view name, bool* done) {
  if (stopped_) return Stopped();
  ++operations_;
  if (stop_at_ == operations_) {
    stopped_ = true;
    *done = random_.Chance(0.5);
    return Stopped();
  }
  if (fail_at_ == operations_) {
    return absl::DataLossError(
        absl::StrCat("cannot ", what, " ", PathOf(name), ": Input/output error"));
  }
  *done = true;
  return absl::OkStatus();
}

absl::Status SimDisk::BeginRead(absl::string_view what, absl::string_view name) {
  if (stopped_) return Stopped();
  ++reads_;
  if (fail_read_at_ != reads_) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("cannot ", what, " ", PathOf(name), ": Input/output error"));
}

absl::Status SimDisk::ChangeNames(absl::string_view what, absl::string_view name, Names next) {
  bool done = false;
  absl::Status status = Begin(what, name, &done);
  if (!done) return status;
  earlier_names_.push_back(std::exchange(names_, std::move(next)));
  return status;
}

absl::StatusOr<std::unique_ptr<rt::File>> SimDisk::Open(absl::string_view name, OpenMode mode) {
  if (stopped_) return Stopped();
  auto found = names_.find(name);
  if (found == names_.end()) {
    if (mode != OpenMode::kCreate) return NoSuchFile(PathOf(name));
    Names next = names_;
    next[std::string(name)] = std::make_shared<Node>();
    RETURN_IF_ERROR(ChangeNames("create", name, std::move(next)));
    found = names_.find(name);
  }
  return std::unique_ptr<rt::File>(
      std::make_unique<OpenFile>(*this, std::string(name), found->second, mode != OpenMode::kRead));
}

absl::StatusOr<bool> SimDisk::Exists(absl::string_view name) {
  RETURN_IF_ERROR(BeginRead("stat", name));
  return names_.find(name) != names_.end();
}

absl::Status SimDisk::Remove(absl::string_view name) {
  Names next = names_;
  const auto found = next.find(name);
  if (found == next.end()) return NoSuchFile(PathOf(name));
  next.erase(found);
  return ChangeNames("remove", name, std::move(next));
}

absl::Status SimDisk::Rename(absl::string_view from, absl::string_view to) {
  Names next = names_;
  const auto found = next.find(from);
  if (found == next.end()) return NoSuchFile(PathOf(from));
  next[std::string(to)] = found->second;
  next.erase(found);
  return ChangeNames("rename", from, std::move(next));
}

absl::Status SimDisk::SyncDirectory() {
  bool done = false;
  absl::Status status = Begin("sync the folder of", "", &done);
  if (done) earlier_names_.clear();
  return status;
}

absl::StatusOr<std::unique_ptr<rt::DiskLock>> SimDisk::Lock(absl::string_view name) {
  if (stopped_) return Stopped();
  if (!locks_.insert(std::string(name)).second) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the disk of ", options_.machine, " is in use by another process on ", options_.machine));
  }
  return std::unique_ptr<rt::DiskLock>(std::make_unique<HeldLock>(*this, std::string(name)));
}

// Keeps the present states of the sectors in the range, which are about to change.
void SimDisk::Remember(Node& node, uint64_t offset, uint64_t size) {
  if (size == 0) return;
  for (uint64_t sector = offset / kSector; sector <= (offset + size - 1) / kSector; ++sector) {
    Unsynced& unsynced = node.unsynced[sector];
    const uint64_t begin = sector * kSector;
    unsynced.earlier.push_back(begin < node.content.size() ? node.content.substr(begin, kSector)
                                                           : std::string());
    unsynced.thought_clean = false;
  }
}

void SimDisk::Write(Node& node, uint64_t offset, absl::string_view bytes) {
  Remember(node, offset, bytes.size());
  if (offset + bytes.size() > node.content.size()) {
    node.earlier_sizes.push_back(node.content.size());
    node.content.resize(offset + bytes.size());
  }
  std::copy(bytes.begin(), bytes.end(), node.content.begin() + static_cast<ptrdiff_t>(offset));
}

void SimDisk::Truncate(Node& node, uint64_t size) {
  if (size == node.content.size()) return;
  if (size < node.content.size()) Remember(node, size, node.content.size() - size);
  node.earlier_sizes.push_back(node.content.size());
  node.content.resize(size);
}

void SimDisk::Sync(Node& node) {
  for (auto it = node.unsynced.begin(); it != node.unsynced.end();) {
    it = it->second.thought_clean ? std::next(it) : node.unsynced.erase(it);
  }
  node.earlier_sizes.clear();
}

void SimDisk::FailSync(Node& node) {
  for (auto& [sector, unsynced] : node.unsynced) unsynced.thought_clean = random_.Chance(0.5);
}

void SimDisk::Crash(Node& node) {
  uint64_t size = node.content.size();
  const uint64_t choice = random_.Below(node.earlier_sizes.size() + 1);
  if (choice < node.earlier_sizes.size()) size = node.earlier_sizes[choice];
  node.content.resize(std::max<uint64_t>(size, node.content.size()));
  for (const auto& [sector, unsynced] : node.unsynced) {
    const uint64_t state = random_.Below(unsynced.earlier.size() + 1);
    if (state < unsynced.earlier.size()) Put(node.content, sector, unsynced.earlier[state]);
  }
  node.content.resize(size);
  node.unsynced.clear();
  node.earlier_sizes.clear();
}

void SimDisk::Crash() {
  ++boots_;
  stopped_ = false;
  stop_at_.reset();
  fail_at_.reset();
  fail_read_at_.reset();
  locks_.clear();
  const uint64_t choice = random_.Below(earlier_names_.size() + 1);
  if (choice < earlier_names_.size()) names_ = earlier_names_[choice];
  earlier_names_.clear();
  std::set<const Node*> crashed;  // Asked, never walked. A node may have two names.
  for (const auto& [name, node] : names_) {
    if (crashed.insert(node.get()).second) Crash(*node);
  }
}

void SimDisk::Damage(absl::string_view name, uint64_t offset) {
  const auto found = names_.find(name);
  if (found == names_.end() || offset >= found->second->content.size()) return;
  char& byte = found->second->content[offset];
  byte = static_cast<char>(~byte);
}

uint64_t SimDisk::used() const {
  uint64_t bytes = 0;
  for (const auto& [name, node] : names_) bytes += node->content.size();
  return bytes;
}

std::string SimDisk::ContentOf(absl::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? "" : found->second->content;
}

}  // namespace drydock::sim
