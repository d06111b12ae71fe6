// Files are whole, and secret where they must be.
#include "real/host/files.h"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <sys/stat.h>

#include "gtest/gtest.h"

namespace drydock::real {
namespace {

mode_t RightsOf(const std::string& path) {
  struct stat status = {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

class FilesTest : public testing::Test {
 protected:
  const std::string folder_ = testing::TempDir() + "/files_test";
  void SetUp() override { std::filesystem::remove_all(folder_); }
};

TEST_F(FilesTest, FoldersAreTheirOwnersOnly) {
  ASSERT_TRUE(MakePrivateFolder(folder_ + "/a/b").ok());
  ASSERT_TRUE(MakePrivateFolder(folder_ + "/a/b").ok());
  EXPECT_EQ(RightsOf(folder_ + "/a"), 0700u);
  EXPECT_EQ(RightsOf(folder_ + "/a/b"), 0700u);
}

TEST_F(FilesTest, AReplacedFileHasTheNewRights) {
  ASSERT_TRUE(MakePrivateFolder(folder_).ok());
  const std::string path = folder_ + "/secret";
  ASSERT_TRUE(WriteFile(path, "old", kReadable).ok());
  EXPECT_EQ(RightsOf(path), 0644u);
  ASSERT_TRUE(WriteFile(path, "new", kOwnerOnly).ok());
  EXPECT_EQ(RightsOf(path), 0600u);
  EXPECT_EQ(*ReadFile(path), "new");
  // Nothing else is left behind.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_),
                          std::filesystem::directory_iterator()),
            1);
}

TEST_F(FilesTest, WhatIsNotThereIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(ReadFile(folder_ + "/none").status()));
  EXPECT_FALSE(WriteFile(folder_ + "/none/file", "x", kOwnerOnly).ok());
}

}  // namespace
}  // namespace drydock::real
