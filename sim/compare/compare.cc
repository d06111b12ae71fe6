// From the study's file to its report.
#include "sim/compare/compare.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <sched.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "sim/compare/analysis.h"
#include "sim/compare/children.h"
#include "sim/compare/compare_report.h"
#include "sim/compare/result_database.h"
#include "sim/files/files.h"
#include "sim/run/progress.h"
#include "sim/run/stopwatch.h"
#include "sim/scenario/parse.h"
#include "sim/workload/manifest.h"
#include "src/api/codec/json.h"
#include "src/rt/payload.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

using api::Value;

volatile std::sig_atomic_t stop_requested = 0;

void RequestStop(int) { stop_requested = 1; }

// SIGINT and SIGTERM set `stop_requested` while it lives.
class StopSignals {
 public:
  StopSignals() {
    stop_requested = 0;
    struct sigaction action = {};
    action.sa_handler = RequestStop;  // Without SA_RESTART: a wait is to end.
    sigaction(SIGINT, &action, &interrupt_);
    sigaction(SIGTERM, &action, &terminate_);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() {
    sigaction(SIGINT, &interrupt_, nullptr);
    sigaction(SIGTERM, &terminate_, nullptr);
  }

 private:
  struct sigaction interrupt_;
  struct sigaction terminate_;
};

int Cores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return 1;
  return std::max(1, CPU_COUNT(&cores));
}

// One line that is overwritten, on a terminal only.
class StudyProgress {
 public:
  StudyProgress(bool quiet, size_t all, size_t kept)
      : shown_(!quiet && isatty(STDERR_FILENO) == 1), all_(all), kept_(kept) {}
  StudyProgress(const StudyProgress&) = delete;
  StudyProgress& operator=(const StudyProgress&) = delete;
  ~StudyProgress() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }

  void Show(size_t finished) {
    if (!shown_) return;
    const double seconds = watch_.Seconds();
    std::string line = absl::StrFormat("  %d of %d runs   %d%%   %s so far", finished, all_,
                                       100 * finished / all_, FormatClock(absl::Seconds(seconds)));
    if (finished > kept_) {
      // Runs of this start alone: those of an earlier one took no time now.
      const double each = seconds / static_cast<double>(finished - kept_);
      absl::StrAppend(&line, "   ",
                      FormatClock(absl::Seconds(each * static_cast<double>(all_ - finished))),
                      " left");
    }
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    std::fflush(stderr);
  }

 private:
  const bool shown_;
  const size_t all_;
  const size_t kept_;
  const Stopwatch watch_;
};

// The run as arguments of drydock, without what only this program needs.
std::vector<std::string> ArgumentsOf(const Study& study, const Cell& cell) {
  std::vector<std::string> arguments = {"sim", "run", study.scenario, "--seed",
                                        absl::StrCat(cell.seed)};
  for (const auto& [path, value] : cell.set) {
    arguments.emplace_back("--set");
    arguments.push_back(absl::StrCat(path, "=", value));
  }
  return arguments;
}

std::vector<std::string> CommandOf(const CompareOptions& options, const Study& study,
                                   const Cell& cell) {
  std::vector<std::string> command = ArgumentsOf(study, cell);
  command.insert(command.begin(), options.program);
  command.insert(command.end(), {"--quiet", "--no-files", "--json", "-"});
  return command;
}

// For people to try it: what a shell takes.
std::string Quoted(const std::vector<std::string>& arguments) {
  std::string text = "drydock";
  for (const std::string& argument : arguments) {
    const bool plain = argument.find_first_of(" \"'[]{}*?$\\&;|<>()#\n") == std::string::npos;
    absl::StrAppend(
        &text, " ",
        plain ? argument : absl::StrCat("'", absl::StrReplaceAll(argument, {{"'", "'\\''"}}), "'"));
  }
  return text;
}

// Of the files that the scenario reads beside its own.
uint64_t DigestOfInputs(const Scenario& scenario) {
  uint64_t digest = 0;
  const auto mix = [&digest](const std::string& text) {
    digest = rt::MixDigest(digest, rt::DigestBytes(text.data(), text.size()));
  };
  for (const WorkloadItem& item : scenario.workload) {
    if (const auto* replay = std::get_if<ReplayAction>(&item.action)) {
      // A trace may be too large to be read for this: its beginning must do.
      const absl::StatusOr<std::string> head = ReadFileHead(replay->trace.file);
      mix(head.ok() ? *head : "");
      continue;
    }
    const auto* apply = std::get_if<ApplyAction>(&item.action);
    if (apply == nullptr) continue;
    for (const Value& object : apply->objects) mix(api::WriteJson(object));
  }
  if (!scenario.trace.has_value()) return digest;
  const TraceSpec& trace = *scenario.trace;
  for (const std::string& file :
       {absl::StrCat(trace.dir, "/openb_node_list_gpu_node.csv"),
        absl::StrCat(trace.dir, "/openb_pod_list_", trace.list, ".csv")}) {
    // One that cannot be read is an error of the run, with advice.
    const absl::StatusOr<std::string> text = ReadFile(file);
    mix(text.ok() ? *text : "");
  }
  return digest;
}

// Tries every combination on the scenario, before anything runs, and says what its runs
// depend on.
absl::StatusOr<StudyFacts> CheckCells(const CompareOptions& options, const Study& study,
                                      const std::vector<Cell>& cells) {
  const absl::StatusOr<std::string> text = ReadFile(study.scenario);
  if (!text.ok()) return text.status();
  uint64_t inputs = 0;
  std::string runs;
  for (size_t i = 0; i < cells.size(); ++i) {
    absl::StrAppend(&runs, cells[i].label);
    for (const auto& [path, value] : cells[i].set) absl::StrAppend(&runs, " ", path, "=", value);
    absl::StrAppend(&runs, "\n");
    if (i > 0 && cells[i].choice == cells[i - 1].choice) continue;
    const absl::StatusOr<Scenario> scenario = LoadScenario(study.scenario, cells[i].set);
    if (!scenario.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(cells[i].label, ": ", scenario.status().message()));
    }
    if (absl::Status checked = CheckWorkload(*scenario); !checked.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(cells[i].label, ": ", checked.message()));
    }
    inputs = rt::MixDigest(inputs, DigestOfInputs(*scenario));
  }
  return StudyFacts{{"the scenario", *text},
                    {"what varies (vary, set or seeds)", runs},
                    {"a file that the scenario reads", absl::StrFormat("%016x", inputs)},
                    {"the version of Drydock", options.version}};
}

absl::Status RunFailed(const Study& study, const Cell& cell, const EndedChild& ended) {
  std::string why(absl::StripSuffix(ended.errors, "\n"));
  if (ended.signal != 0) {
    absl::StrAppend(&why, why.empty() ? "" : "\n", "ended by signal ", ended.signal);
  } else if (why.empty()) {
    why = absl::StrCat("ended with exit code ", ended.exit_code);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(study.name, ": the run ", cell.label, " failed: ", why,
                   "\n  Try it alone: ", Quoted(ArgumentsOf(study, cell))));
}

absl::StatusOr<FinishedCell> Finish(const Cell& cell, EndedChild ended) {
  const absl::StatusOr<Value> results = api::ParseJson(ended.output);
  if (!results.ok()) return results.status();
  FinishedCell finished;
  finished.label = cell.label;
  finished.seed = cell.seed;
  finished.held = ended.exit_code == 0;
  const Value* digest = results->Find("digest");
  if (digest != nullptr) finished.digest = digest->text();
  finished.results = api::WriteJson(*results);
  return finished;
}

// Runs what `finished` lacks. After an error no new run begins, but those that are under
// way are waited for and kept.
absl::Status RunCells(const CompareOptions& options, const Study& study,
                      const std::vector<Cell>& cells, ResultDatabase& database,
                      std::map<size_t, FinishedCell>* finished) {
  const size_t jobs = static_cast<size_t>(options.jobs > 0 ? options.jobs : Cores());
  std::vector<size_t> waiting;
  for (size_t i = cells.size(); i-- > 0;) {
    if (finished->count(i) == 0) waiting.push_back(i);
  }
  const StopSignals signals;
  StudyProgress progress(options.quiet, cells.size(), finished->size());
  bool checked = false;
  if (!finished->empty()) {
    RETURN_IF_ERROR(CheckResults(study, finished->begin()->second.results).status());
    checked = true;
  }
  Children children;
  absl::Status failed;
  size_t failed_number = 0;
  while (stop_requested == 0 && (children.running() > 0 || (failed.ok() && !waiting.empty()))) {
    while (failed.ok() && !waiting.empty() && children.running() < jobs) {
      failed = children.Start(waiting.back(), CommandOf(options, study, cells[waiting.back()]));
      if (failed.ok()) waiting.pop_back();
    }
    progress.Show(finished->size());
    std::optional<EndedChild> ended = children.Wait(absl::Milliseconds(500));
    if (!ended.has_value()) continue;
    const size_t number = ended->number;
    const Cell& cell = cells[number];
    // Signals reach the whole group: what died of this one did not fail.
    if (stop_requested != 0 && ended->signal != 0) break;
    if (ended->exit_code != 0 && ended->exit_code != 1) {
      // Of several, the first in the order of the study is told.
      if (failed.ok() || number < failed_number) {
        failed = RunFailed(study, cell, *ended);
        failed_number = number;
      }
      continue;
    }
    absl::StatusOr<FinishedCell> result = Finish(cell, *std::move(ended));
    absl::Status kept = result.ok() ? database.Put(number, *result) : result.status();
    if (kept.ok() && !checked) {
      kept = CheckResults(study, result->results).status();
      checked = true;
    }
    if (result.ok()) finished->emplace(number, *std::move(result));
    if (!kept.ok() && failed.ok()) failed = kept;
  }
  if (stop_requested != 0) {
    return absl::CancelledError(absl::StrCat(study.name, ": stopped; ", finished->size(), " of ",
                                             cells.size(),
                                             " runs are kept, the same command goes on"));
  }
  return failed;
}

absl::Status WriteReport(const CompareOptions& options, const Study& study,
                         const Analysis& analysis, const std::string& out) {
  const std::string json = api::WritePrettyJson(CompareJson(study, analysis, options.version));
  RETURN_IF_ERROR(WriteFile(absl::StrCat(out, "/results.json"), json));
  RETURN_IF_ERROR(
      WriteFile(absl::StrCat(out, "/report.html"), ComparePage(study, analysis, options.version)));
  RETURN_IF_ERROR(MakeDirectories(absl::StrCat(out, "/plots")));
  for (const auto& [name, svg] : ComparePlots(study, analysis)) {
    RETURN_IF_ERROR(WriteFile(absl::StrCat(out, "/plots/", name), svg));
  }
  if (options.json == "-") {
    std::fwrite(json.data(), 1, json.size(), stdout);
  } else if (!options.json.empty()) {
    RETURN_IF_ERROR(WriteFile(options.json, json));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> Compare(const CompareOptions& options) {
  const Stopwatch watch;
  const absl::StatusOr<Study> study = LoadStudy(options.file, options.changes);
  if (!study.ok()) return study.status();
  const std::vector<Cell> cells = CellsOf(*study);
  const absl::StatusOr<StudyFacts> facts = CheckCells(options, *study, cells);
  if (!facts.ok()) return facts.status();

  const std::string out = options.out.empty() ? absl::StrCat("out/", study->name) : options.out;
  RETURN_IF_ERROR(MakeDirectories(out));
  absl::StatusOr<std::unique_ptr<ResultDatabase>> database =
      ResultDatabase::Open(absl::StrCat(out, "/study.sqlite"), *facts, options.fresh);
  if (!database.ok()) return database.status();
  absl::StatusOr<std::map<size_t, FinishedCell>> finished = (*database)->All();
  if (!finished.ok()) return finished.status();
  const size_t kept = finished->size();
  RETURN_IF_ERROR(RunCells(options, *study, cells, **database, &*finished));

  const absl::StatusOr<Analysis> analysis = Analyse(*study, cells, *finished);
  if (!analysis.ok()) return analysis.status();
  RETURN_IF_ERROR(WriteReport(options, *study, *analysis, out));
  if (!options.quiet) {
    std::fprintf(stderr, "%s\n  ran        %d runs in %.1f s",
                 CompareSummary(*study, *analysis).c_str(), static_cast<int>(cells.size() - kept),
                 watch.Seconds());
    if (kept > 0) std::fprintf(stderr, "; %d were there", static_cast<int>(kept));
    std::fprintf(stderr, "\n  report     %s/report.html\n", out.c_str());
  }
  return std::all_of(analysis->cells.begin(), analysis->cells.end(),
                     [](const CellResult& cell) { return cell.held; });
}

}  // namespace drydock::sim
