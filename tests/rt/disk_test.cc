// What every disk does, the real one and the simulated one.
#include "src/rt/disk.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "real/disk/posix_disk.h"
#include "sim/disk/sim_disk.h"

namespace drydock::rt {
namespace {

using testing::HasSubstr;
using Mode = Disk::OpenMode;

std::string NewFolder() {
  std::string folder = testing::TempDir() + "/disk-XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  return folder;
}

class DiskContract : public testing::TestWithParam<bool> {
 protected:
  DiskContract() {
    if (GetParam()) {
      disk_ = *real::PosixDisk::Open(NewFolder());
    } else {
      disk_ = std::make_unique<sim::SimDisk>(sim::SimDiskOptions());
    }
  }

  std::unique_ptr<File> Open(const std::string& name, Mode mode = Mode::kCreate) {
    absl::StatusOr<std::unique_ptr<File>> file = disk_->Open(name, mode);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? *std::move(file) : nullptr;
  }
  static std::string Read(File& file, uint64_t offset, size_t size) {
    std::string bytes(size, '?');
    bytes.resize(*file.ReadAt(offset, bytes.data(), size));
    return bytes;
  }

  std::unique_ptr<Disk> disk_;
};

INSTANTIATE_TEST_SUITE_P(Disks, DiskContract, testing::Bool(),
                         [](const auto& info) { return info.param ? "Real" : "Simulated"; });

TEST_P(DiskContract, ReadsWhatWasWrittenUpToTheEnd) {
  const auto file = Open("a");
  ASSERT_TRUE(file->WriteAt(0, "hello").ok());
  ASSERT_TRUE(file->WriteAt(8, "world").ok());
  EXPECT_EQ(Read(*file, 0, 100), absl::string_view("hello\0\0\0world", 13));
  EXPECT_EQ(Read(*file, 9, 2), "or");
  EXPECT_EQ(Read(*file, 13, 5), "");
  EXPECT_EQ(*file->Size(), 13u);
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_EQ(Read(*Open("a", Mode::kRead), 0, 5), "hello");
}

TEST_P(DiskContract, TruncatesAndGrowsWithZeros) {
  const auto file = Open("a");
  ASSERT_TRUE(file->WriteAt(0, "hello").ok());
  ASSERT_TRUE(file->Truncate(2).ok());
  ASSERT_TRUE(file->Truncate(4).ok());
  EXPECT_EQ(Read(*file, 0, 9), absl::string_view("he\0\0", 4));
}

TEST_P(DiskContract, KnowsWhatIsThere) {
  EXPECT_FALSE(*disk_->Exists("a"));
  EXPECT_TRUE(absl::IsNotFound(disk_->Open("a", Mode::kReadWrite).status()));
  EXPECT_TRUE(absl::IsNotFound(disk_->Open("a", Mode::kRead).status()));
  EXPECT_TRUE(absl::IsNotFound(disk_->Remove("a")));
  EXPECT_TRUE(absl::IsNotFound(disk_->Rename("a", "b")));
  ASSERT_TRUE(Open("a")->WriteAt(0, "1").ok());
  EXPECT_TRUE(*disk_->Exists("a"));
  ASSERT_TRUE(Open("b")->WriteAt(0, "2").ok());
  ASSERT_TRUE(disk_->Rename("a", "b").ok());
  EXPECT_FALSE(*disk_->Exists("a"));
  EXPECT_EQ(Read(*Open("b"), 0, 9), "1");
  ASSERT_TRUE(disk_->Remove("b").ok());
  EXPECT_FALSE(*disk_->Exists("b"));
  EXPECT_TRUE(disk_->SyncDirectory().ok());
}

TEST_P(DiskContract, AnOpenFileSurvivesItsName) {
  const auto file = Open("a");
  ASSERT_TRUE(file->WriteAt(0, "1").ok());
  ASSERT_TRUE(disk_->Remove("a").ok());
  EXPECT_EQ(Read(*file, 0, 9), "1");
  EXPECT_EQ(Read(*Open("a"), 0, 9), "");
}

TEST_P(DiskContract, WritesNothingThroughAFileThatIsOpenForReading) {
  Open("a");
  EXPECT_FALSE(Open("a", Mode::kRead)->WriteAt(0, "1").ok());
  EXPECT_FALSE(Open("a", Mode::kRead)->Truncate(1).ok());
}

TEST_P(DiskContract, OnlyOneHasALock) {
  auto lock = disk_->Lock("lock");
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_EQ(disk_->Lock("lock").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(disk_->Lock("other").ok());
  lock->reset();
  EXPECT_TRUE(disk_->Lock("lock").ok());
}

TEST(PosixDisk, NamesTheHolderOfALock) {
  const std::string folder = NewFolder();
  const auto disk = *real::PosixDisk::Open(folder);
  const auto lock = disk->Lock("lock");
  ASSERT_TRUE(lock.ok());
  char host[256] = {};
  ASSERT_EQ(gethostname(host, sizeof(host) - 1), 0);
  const auto second = *real::PosixDisk::Open(folder);
  EXPECT_EQ(std::string(second->Lock("lock").status().message()),
            absl::StrCat(folder, " is in use by pid ", getpid(), " on ", host));
}

TEST(PosixDisk, KeepsWhatItWritesFromOthers) {
  const std::string folder = NewFolder() + "/new";
  const auto disk = *real::PosixDisk::Open(folder);
  ASSERT_TRUE(disk->Open("a", Mode::kCreate).ok());
  struct stat status;
  ASSERT_EQ(stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(stat((folder + "/a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(PosixDisk, StaysInItsFolder) {
  const std::string folder = NewFolder();
  const auto disk = *real::PosixDisk::Open(folder);
  for (const char* name : {"../a", "/etc/passwd", "..", ".", "", "a/b"}) {
    EXPECT_EQ(disk->Open(name, Mode::kRead).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(disk->Remove(name).code(), absl::StatusCode::kInvalidArgument);
  }
  std::filesystem::create_symlink("/etc/passwd", folder + "/link");
  EXPECT_FALSE(disk->Open("link", Mode::kRead).ok());
}

// /dev/full fails every write with ENOSPC.
TEST(PosixDisk, TellsAFullDiskFromABrokenOne) {
  const auto disk = *real::PosixDisk::Open("/dev");
  const auto full = disk->Open("full", Mode::kReadWrite);
  ASSERT_TRUE(full.ok()) << full.status();
  const absl::Status status = (*full)->WriteAt(0, "1");
  EXPECT_TRUE(IsOutOfSpace(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("write /dev/full"));
}

}  // namespace
}  // namespace drydock::rt
