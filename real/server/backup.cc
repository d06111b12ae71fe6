#include "real/server/backup.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "real/disk/posix_disk.h"
#include "real/host/files.h"
#include "real/host/host_env.h"
#include "real/server/control_socket.h"
#include "src/apiserver/object_codec.h"
#include "src/rt/status_macros.h"
#include "src/store/sqlite/schema.h"

namespace drydock::real {
namespace {

constexpr absl::string_view kBackup = "backup ";

struct Place {
  std::unique_ptr<PosixDisk> disk;
  std::string name;
};

// A file's folder, which must be there, and its name.
absl::StatusOr<Place> PlaceOf(const std::string& file) {
  const std::filesystem::path path(file);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return absl::NotFoundError(absl::StrCat("there is no folder ", folder.string()));
  }
  absl::StatusOr<std::unique_ptr<PosixDisk>> disk = PosixDisk::Open(folder.string());
  if (!disk.ok()) return disk.status();
  return Place{.disk = *std::move(disk), .name = path.filename().string()};
}

rt::Task<> BackUpInto(store::SqliteStore& store, std::string file,
                      std::optional<absl::Status>& outcome) {
  outcome = co_await ServeBackup(store, absl::StrCat(kBackup, file));
}

absl::Status BackUpHere(const std::string& data_dir, const std::string& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::path(data_dir) / store::kDatabaseFile, ignored)) {
    return absl::NotFoundError(absl::StrCat("there are no objects in ", data_dir));
  }
  boost::asio::io_context io(1);
  HostEnv env(io, HostName());
  const apiserver::ObjectCodec codec;
  const absl::StatusOr<StoreForm> form = MakeStore("sqlite", data_dir, env, codec);
  if (!form.ok()) return form.status();
  std::optional<absl::Status> outcome;
  rt::TaskGroup tasks;
  tasks.Spawn(BackUpInto(*form->durable, file, outcome));
  while (!outcome.has_value() && io.run_one() > 0) {
  }
  return outcome.value_or(absl::InternalError("the backup has come to a standstill"));
}

}  // namespace

rt::Task<absl::Status> ServeBackup(store::SqliteStore& store, std::string line) {
  absl::string_view file = line;
  if (!absl::ConsumePrefix(&file, kBackup)) {
    co_return absl::InvalidArgumentError(absl::StrCat("unknown command: ", line));
  }
  const absl::StatusOr<Place> place = PlaceOf(std::string(file));
  if (!place.ok()) co_return place.status();
  co_return co_await store.Backup(*place->disk, place->name);
}

absl::Status RunBackup(const std::string& data_dir, const std::string& file) {
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(file, error).string();
  if (error) return absl::InvalidArgumentError(absl::StrCat(file, ": ", error.message()));
  const absl::Status asked = AskServer(data_dir, absl::StrCat(kBackup, absolute));
  if (!absl::IsNotFound(asked)) return asked;
  return BackUpHere(data_dir, absolute);
}

absl::Status RunRestore(const std::string& data_dir, const std::string& file) {
  const absl::StatusOr<Place> from = PlaceOf(file);
  if (!from.ok()) return from.status();
  RETURN_IF_ERROR(MakePrivateFolder(data_dir));
  const absl::StatusOr<std::unique_ptr<PosixDisk>> to = PosixDisk::Open(data_dir);
  if (!to.ok()) return to.status();
  boost::asio::io_context io(1);
  HostEnv env(io, HostName());
  return store::RestoreSqliteStore(*from->disk, from->name, **to, env.executor(),
                                   env.NewRandom("restore"));
}

}  // namespace drydock::real
