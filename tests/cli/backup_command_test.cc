// Flags of `drydock backup` and `drydock restore`.
#include "src/cli/backup_command.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::cli {
namespace {

using ::testing::HasSubstr;

std::string ParseError(const std::vector<std::string>& arguments) {
  return std::string(ParseBackup(arguments, "--to").status().message());
}

TEST(ParseBackup, ReadsBothFlagsInBothForms) {
  const absl::StatusOr<BackupArguments> one = ParseBackup({"--data-dir", "/d", "--to=/f"}, "--to");
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->data_dir, "/d");
  EXPECT_EQ(one->file, "/f");
  const absl::StatusOr<BackupArguments> other =
      ParseBackup({"--from", "/f", "--data-dir=/d"}, "--from");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->file, "/f");
}

TEST(ParseBackup, SaysWhatItExpected) {
  EXPECT_THAT(ParseError({"--to", "/f"}), HasSubstr("expected --data-dir DIR"));
  EXPECT_THAT(ParseError({"--data-dir", "/d"}), HasSubstr("expected --to FILE"));
  EXPECT_THAT(ParseError({"--data-dir"}), HasSubstr("expected a value after --data-dir"));
  EXPECT_THAT(ParseError({"--from", "/f"}), HasSubstr("unknown flag --from"));
}

}  // namespace
}  // namespace drydock::cli
