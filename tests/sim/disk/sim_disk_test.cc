// What a crash leaves of a simulated disk, and that its faults happen.
#include "sim/disk/sim_disk.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace drydock::sim {
namespace {

using Mode = rt::Disk::OpenMode;

std::string Sectors(char first, char second, char third) {
  return std::string(512, first) + std::string(512, second) + std::string(512, third);
}

// The letters of the sectors.
std::string LettersOf(const std::string& content) {
  std::string letters;
  for (size_t i = 0; i < content.size(); i += 512) letters += content[i] == '\0' ? '0' : content[i];
  return letters;
}

// A file of three synced sectors.
std::unique_ptr<rt::File> Synced(SimDisk& disk) {
  auto file = *disk.Open("a", Mode::kCreate);
  EXPECT_TRUE(file->WriteAt(0, Sectors('a', 'b', 'c')).ok());
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_TRUE(disk.SyncDirectory().ok());
  return file;
}

TEST(SimDisk, KeepsWhatWasSynced) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SimDisk disk({.seed = seed});
    Synced(disk);
    disk.Crash();
    EXPECT_EQ(LettersOf(disk.ContentOf("a")), "abc");
  }
}

TEST(SimDisk, KeepsAnyStateOfASectorSinceTheLastSync) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SimDisk disk({.seed = seed});
    const auto file = Synced(disk);
    ASSERT_TRUE(file->WriteAt(512, Sectors('B', 'C', 'D')).ok());  // Grows by one.
    ASSERT_TRUE(file->WriteAt(512, std::string(512, 'x')).ok());
    disk.Crash();
    seen.insert(LettersOf(disk.ContentOf("a")));
  }
  // The second sector b, B or x; the third c or C; the fourth not there, zeros or D.
  EXPECT_EQ(seen.size(), 3u * 2u * 3u);
  EXPECT_EQ(seen.count("abc"), 1u);
  EXPECT_EQ(seen.count("axc0"), 1u);
  EXPECT_EQ(seen.count("aBCD"), 1u);
}

TEST(SimDisk, NeverTouchesBytesThatNobodyWrote) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SimDisk disk({.seed = seed});
    const auto file = Synced(disk);
    ASSERT_TRUE(file->WriteAt(700, "!").ok());
    disk.Crash();
    std::string content = disk.ContentOf("a");
    content[700] = 'b';
    EXPECT_EQ(content, Sectors('a', 'b', 'c'));
  }
}

TEST(SimDisk, KeepsAPrefixOfTheChangesOfNames) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SimDisk disk({.seed = seed});
    Synced(disk);
    ASSERT_TRUE(disk.Open("b", Mode::kCreate).ok());
    ASSERT_TRUE(disk.Rename("a", "c").ok());
    disk.Crash();
    std::string names;
    for (const char* name : {"a", "b", "c"}) names += *disk.Exists(name) ? name : "";
    seen.insert(names);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"a", "ab", "bc"}));
}

TEST(SimDisk, ASyncAfterOneThatFailedDoesNotMakeUpForIt) {
  bool lost = false;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SimDisk disk({.seed = seed});
    const auto file = Synced(disk);
    ASSERT_TRUE(file->WriteAt(0, Sectors('A', 'B', 'C')).ok());
    disk.FailAt(disk.operations() + 1);
    EXPECT_TRUE(rt::IsIoError(file->Sync()));
    ASSERT_TRUE(file->WriteAt(512, std::string(512, 'x')).ok());
    ASSERT_TRUE(file->Sync().ok());
    disk.Crash();
    const std::string letters = LettersOf(disk.ContentOf("a"));
    EXPECT_EQ(letters[1], 'x');  // Written again.
    lost |= letters[0] == 'a';
  }
  EXPECT_TRUE(lost);
}

TEST(SimDisk, LosesSyncsThatItReports) {
  bool lost = false;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SimDisk disk({.seed = seed});
    const auto file = Synced(disk);
    disk.LoseSyncs(1);
    ASSERT_TRUE(file->WriteAt(0, "x").ok());
    ASSERT_TRUE(file->Sync().ok());
    EXPECT_EQ(disk.lost_syncs(), 1u);
    disk.Crash();
    lost |= disk.ContentOf("a")[0] == 'a';
  }
  EXPECT_TRUE(lost);
}

TEST(SimDisk, StopsAtAnOperationUntilTheCrash) {
  SimDisk disk({});
  const auto file = Synced(disk);
  const auto lock = disk.Lock("lock");
  disk.StopAt(disk.operations() + 2);
  EXPECT_TRUE(file->WriteAt(0, "x").ok());
  EXPECT_TRUE(absl::IsUnavailable(file->WriteAt(0, "y")));
  EXPECT_TRUE(disk.stopped());
  EXPECT_TRUE(absl::IsUnavailable(file->Sync()));
  EXPECT_TRUE(absl::IsUnavailable(file->Size().status()));
  EXPECT_TRUE(absl::IsUnavailable(disk.Open("a", Mode::kRead).status()));
  disk.Crash();
  EXPECT_TRUE(absl::IsUnavailable(file->WriteAt(0, "z")));  // Of the boot before.
  EXPECT_TRUE(disk.Lock("lock").ok());
}

TEST(SimDisk, IsFullAtItsCapacityAndFailsOnce) {
  SimDisk disk({});
  const auto file = Synced(disk);
  disk.SetCapacity(disk.used() + 10);
  EXPECT_TRUE(rt::IsOutOfSpace(file->WriteAt(1536, "12345678901")));
  EXPECT_TRUE(file->WriteAt(1536, "1234567890").ok());
  EXPECT_TRUE(file->WriteAt(0, "inside").ok());
  disk.FailAt(disk.operations() + 1);
  EXPECT_TRUE(rt::IsIoError(file->WriteAt(0, "x")));
  EXPECT_TRUE(file->WriteAt(0, "x").ok());
  disk.FailReadAt(disk.reads() + 1);
  char byte = 0;
  EXPECT_TRUE(rt::IsIoError(file->ReadAt(0, &byte, 1).status()));
  EXPECT_TRUE(file->ReadAt(0, &byte, 1).ok());
}

TEST(SimDisk, ASeedIsAFate) {
  const auto fate = [](uint64_t seed) {
    SimDisk disk({.seed = seed});
    const auto file = *disk.Open("a", Mode::kCreate);
    EXPECT_TRUE(disk.SyncDirectory().ok());
    for (uint64_t i = 0; i < 100; ++i)
      EXPECT_TRUE(file->WriteAt(i * 300, std::string(300, 'x')).ok());
    disk.Crash();
    return disk.ContentOf("a");
  };
  EXPECT_EQ(fate(1), fate(1));
  EXPECT_NE(fate(1), fate(2));
}

}  // namespace
}  // namespace drydock::sim
