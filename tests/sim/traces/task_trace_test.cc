// The readers of recorded workloads, on samples of our own: what becomes of each line, and
// what is said of lines that are wrong.
#include "sim/traces/task_trace.h"

#include <string>
#include <vector>

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"

namespace drydock::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Folder() { return absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/"); }

// A machine of 10 CPUs and 1000 bytes of memory, so that parts are read off.
TaskTraceSpec SpecOf(const std::string& format) {
  TaskTraceSpec spec;
  spec.format = format;
  spec.file = absl::StrCat(Folder(), "trace");
  spec.machine_cpu_milli = 10'000;
  spec.machine_memory_bytes = 1000;
  return spec;
}

// "NAME at 5s 2x 1000m 64B for 10s", or "NAME at 5s ends"; an error last.
std::vector<std::string> All(const TaskTraceSpec& spec) {
  std::vector<std::string> lines;
  const absl::StatusOr<std::unique_ptr<TaskTrace>> trace = OpenTaskTrace(spec);
  if (!trace.ok()) return {std::string(absl::StripPrefix(trace.status().message(), Folder()))};
  for (;;) {
    const absl::StatusOr<std::optional<TraceTask>> task = (*trace)->Next();
    if (!task.ok()) {
      lines.emplace_back(absl::StripPrefix(task.status().message(), Folder()));
      return lines;
    }
    if (!task->has_value()) return lines;
    const TraceTask& one = **task;
    std::string line = absl::StrCat(one.name, " at ", absl::FormatDuration(one.at));
    if (one.ends) {
      absl::StrAppend(&line, " ends");
    } else {
      absl::StrAppend(&line, " ", one.copies, "x ", one.cpu_milli, "m ", one.memory_bytes, "B");
      if (one.runs != absl::InfiniteDuration()) {
        absl::StrAppend(&line, " for ", absl::FormatDuration(one.runs));
      }
    }
    lines.push_back(line);
  }
}

std::vector<std::string> Read(const TaskTraceSpec& spec, const std::string& text) {
  EXPECT_TRUE(WriteFile(spec.file, text).ok());
  return All(spec);
}

std::string ErrorOf(const std::string& format, const std::string& text) {
  const std::vector<std::string> lines = Read(SpecOf(format), text);
  return lines.empty() ? "no error" : lines.back();
}

//                        job submit wait run procs cpu mem req time mem status and seven more
constexpr char kSwf[] =
    "; Version: 2.2\n"
    "; MaxProcs: 128\n"
    "\n"
    "1 0 10 60 4 55 100 4 120 -1 1 1 1 -1 -1 -1 -1 -1\n"
    "  2 30 -1 0 1 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1\r\n"
    "3 30 5 -1 -1 -1 -1 8 3600 200 1 1 1 -1 -1 -1 -1 -1\n"
    "4 31.5 -1 -1 -1 -1 -1 -1 -1 -1 -1 1 1 -1 -1 -1 -1 -1\n"
    "5 40 7 -1 -1 -1 -1 2 60 -1 5 1 1 -1 -1 -1 -1 -1\n"
    "6 50 0 9 3 -1 -1 -1 -1 -1 0 1 1 -1 -1 -1 -1 -1";

TEST(Swf, ReadsJobs) {
  EXPECT_THAT(Read(SpecOf("swf"), kSwf),
              ElementsAre("job-1 at 0 1x 4000m 409600B for 1m",
                          "job-2 at 30s 1x 1000m 0B for 500ms",     // Less than half a second.
                          "job-3 at 30s 1x 8000m 1638400B for 1h",  // As requested.
                          "job-4 at 31.5s 1x 1000m 0B",
                          // 5 was cancelled before it began.
                          "job-6 at 50s 1x 3000m 0B for 9s"));
}

TEST(Swf, CutsJobsThatNeedMoreThanANodeHas) {
  TaskTraceSpec spec = SpecOf("swf");
  spec.max_cpu_milli = 3000;
  const std::vector<std::string> lines = Read(spec, kSwf);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0], "job-1 at 0 2x 2000m 204800B for 1m");
  EXPECT_EQ(lines[2], "job-3 at 30s 3x 3000m 614400B for 1h");
  EXPECT_EQ(lines[4], "job-6 at 50s 1x 3000m 0B for 9s");
}

TEST(Swf, SaysWhichLineIsWrong) {
  const std::string good = "1 5 -1 60 4 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n";
  EXPECT_EQ(ErrorOf("swf", good + "2 6 -1\n"), "trace:2: expected 18 fields, got 3");
  EXPECT_EQ(ErrorOf("swf", good + "2 x -1 60 4 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n"),
            "trace:2: submit time: expected a number from -1 to 1e+12, got \"x\"");
  EXPECT_EQ(ErrorOf("swf", good + ";\n2 4 -1 60 4 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1\n"),
            "trace:3: submit time: expected at least 5, that of the job before; got 4");
  EXPECT_EQ(ErrorOf("swf", "\x1f\x8b..."), "trace:1: is compressed; unpack it first");
  EXPECT_EQ(ErrorOf("swf", std::string(70'000, '1')),
            "trace:1: expected a line of at most 65535 bytes");
}

TEST(Swf, NamesAFileThatIsNotThere) {
  TaskTraceSpec spec = SpecOf("swf");
  spec.file = Folder() + "nowhere.swf";
  EXPECT_THAT(All(spec), ElementsAre("nowhere.swf: No such file or directory"));
}

TEST(Alibaba2018, ReadsBatchTasks) {
  EXPECT_THAT(Read(SpecOf("alibaba-2018"),
                   "M1,1,j_1,12,Waiting,0,0,,\n"
                   "M1,3,j_2,1,Terminated,86400,86460,50,0.5\n"
                   "R2_1,1,j_2,1,Running,86500,0,100.5,12.34\n"
                   "task_x,2,j_3,1,Failed,86500,86500,,\n"),
              ElementsAre("j-2-2 at 24h 3x 500m 5B for 1m", "j-2-3 at 24h1m40s 1x 1005m 123B",
                          "j-3-4 at 24h1m40s 2x 0m 0B for 1s"));
}

TEST(Alibaba2018, SaysWhichLineIsWrong) {
  const std::string good = "M1,1,j_1,1,Terminated,100,200,50,0.5\n";
  EXPECT_EQ(ErrorOf("alibaba-2018", good + "M1,1,j_1\n"), "trace:2: expected 9 columns, got 3");
  EXPECT_EQ(ErrorOf("alibaba-2018", good + "M1,many,j_1,1,Terminated,100,200,50,0.5\n"),
            "trace:2: instance_num: expected a whole number from 0 to 1000000, got \"many\"");
  EXPECT_EQ(ErrorOf("alibaba-2018", good + "M1,1,j_1,1,Terminated,100,200,50,101\n"),
            "trace:2: plan_mem: expected a number from 0 to 100, got \"101\"");
  EXPECT_EQ(ErrorOf("alibaba-2018", good + ",1,j_1,1,Terminated,100,200,50,1\n"),
            "trace:2: expected a task_name and a job_name");
  EXPECT_THAT(ErrorOf("alibaba-2018", good + "M1,1,j_1,1,Terminated,99,200,50,1\n"),
              HasSubstr("trace:2: start_time: expected at least 100, that of the task before, "
                        "got 99; sort the file first"));
}

constexpr char kGoogle[] =
    "0,2,1,0,5,0,u,2,9,0.5,0.25,0.1,0\n"
    "600000000,,7,0,,0,u,2,0,0.125,0.0625,0.001,\n"
    "600000001,,7,1,,0,u,2,0,,,,\n"
    "601000000,,7,0,11,1,u,2,0,0.125,0.0625,0.001,\n"
    "602000000,,7,1,,8,u,2,0,0.5,0.5,0.001,\n"
    "660000000,,7,0,11,2,u,2,0,0.125,0.0625,0.001,\n"
    "660000000,,7,0,,0,u,2,0,0.25,0.0625,0.001,\n"
    "700000000,,7,0,,4,u,2,0,0.25,0.0625,0.001,\n"
    "700000000,,99,3,,4,u,2,0,0.25,0.0625,0.001,\n"
    "9223372036854775807,,7,1,,4,u,2,0,0.25,0.0625,0.001,\n";

TEST(Google2011, ReadsWhenTasksComeAndEnd) {
  EXPECT_THAT(Read(SpecOf("google-2011"), kGoogle),
              ElementsAre("task-1-0-1 at 0 1x 5000m 250B", "task-7-0-2 at 10m 1x 1250m 63B",
                          "task-7-1-3 at 10m0.000001s 1x 0m 0B",
                          "task-7-0-2 at 11m ends",          // Evicted, and submitted again:
                          "task-7-0-7 at 11m 1x 2500m 63B",  // another task to us.
                          "task-7-0-7 at 11m40s ends"));
}

TEST(Google2011, SaysWhichLineIsWrong) {
  const std::string good = "600000000,,7,0,,0,u,2,0,0.125,0.0625,0.001,\n";
  EXPECT_EQ(ErrorOf("google-2011", good + "600000000,,7\n"), "trace:2: expected 13 columns, got 3");
  EXPECT_EQ(ErrorOf("google-2011", good + "600000000,,,0,,0,u,2,0,0.125,0.0625,0.001,\n"),
            "trace:2: job ID: is missing");
  EXPECT_EQ(ErrorOf("google-2011", good + "600000000,,7,0,,9,u,2,0,0.125,0.0625,0.001,\n"),
            "trace:2: event type: expected a whole number from 0 to 8, got \"9\"");
  EXPECT_EQ(ErrorOf("google-2011", good + "600000000,,7,0,,0,u,2,0,1.5,0.0625,0.001,\n"),
            "trace:2: CPU request: expected a number from 0 to 1, got \"1.5\"");
  EXPECT_EQ(ErrorOf("google-2011", good + "5,,7,1,,0,u,2,0,0.5,0.0625,0.001,\n"),
            "trace:2: time: expected at least 600000000, that of the event before, got 5; put the "
            "parts together in their order");
}

void MakeAzure(const std::string& path, const std::string& rows) {
  (void)remove(path.c_str());
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  const std::string sql = absl::StrCat(
      "CREATE TABLE vm(vmId, tenantId, vmTypeId, priority, starttime REAL, endtime REAL);"
      "CREATE TABLE vmType(id, vmTypeId, machineId, core, memory, hdd, ssd, nic);",
      rows);
  ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

constexpr char kAzure[] =
    "INSERT INTO vmType VALUES (0, 10, 1, 0.5, 0.25, 0, 0, 0), (1, 10, 2, 0.125, 0.1, 0, 0, 0),"
    "(2, 11, 2, 1, 1, 0, 0, 0);"
    "INSERT INTO vm VALUES (3, 0, 10, 0, 0.5, 1.5), (1, 0, 10, 1, -2, 0.25), (2, 0, 11, 0, 0.5, "
    "NULL), (4, 0, 12, 0, 0.6, 0.7);";

TEST(AzurePacking, ReadsRequestsByTheirStart) {
  const TaskTraceSpec spec = SpecOf("azure-packing");
  MakeAzure(spec.file, kAzure);
  // Machine 2 can take most types; type 12 can be nowhere.
  EXPECT_THAT(All(spec),
              ElementsAre("vm-1 at 0 1x 1250m 100B for 6h", "vm-2 at 12h 1x 10000m 1000B",
                          "vm-3 at 12h 1x 1250m 100B for 24h"));
}

TEST(AzurePacking, SizesRequestsAsOnTheMachineThatIsAskedFor) {
  TaskTraceSpec spec = SpecOf("azure-packing");
  spec.machine_id = 1;
  MakeAzure(spec.file, kAzure);
  EXPECT_THAT(All(spec),
              ElementsAre("vm-1 at 0 1x 5000m 250B for 6h", "vm-3 at 12h 1x 5000m 250B for 24h"));
}

TEST(AzurePacking, SaysWhichRequestIsWrong) {
  const TaskTraceSpec spec = SpecOf("azure-packing");
  MakeAzure(spec.file,
            "INSERT INTO vmType VALUES (0, 10, 1, 1.5, 0.25, 0, 0, 0);"
            "INSERT INTO vm VALUES (3, 0, 10, 0, 0.5, 1.5);");
  EXPECT_THAT(All(spec), ElementsAre("trace: vm 3: core: expected a part of a machine, 0 to 1"));
  MakeAzure(spec.file,
            "INSERT INTO vmType VALUES (0, 10, 1, 0.5, 0.25, 0, 0, 0);"
            "INSERT INTO vm VALUES (3, 0, 10, 0, 0.5, 0.4);");
  EXPECT_THAT(All(spec), ElementsAre("trace: vm 3: endtime: expected days after starttime"));
  MakeAzure(spec.file, "");
  EXPECT_THAT(All(spec), ElementsAre("trace: vmType: expected at least one row"));
  EXPECT_EQ(ErrorOf("azure-packing", "no database at all, but long enough to be looked at"),
            "trace: file is not a database");
}

TEST(TaskTraceFormats, AreNamed) {
  EXPECT_THAT(TaskTraceFormats(),
              ElementsAre("swf", "alibaba-2018", "google-2011", "azure-packing"));
  EXPECT_FALSE(NeedsMachine("swf"));
  EXPECT_TRUE(NeedsMachine("google-2011"));
}

}  // namespace
}  // namespace drydock::sim
