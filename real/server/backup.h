// `drydock backup` and `drydock restore`: the objects of a server as one file.
#ifndef DRYDOCK_REAL_SERVER_BACKUP_H_
#define DRYDOCK_REAL_SERVER_BACKUP_H_

#include <string>

#include "absl/status/status.h"
#include "real/server/store_factory.h"
#include "src/rt/task.h"

namespace drydock::real {

// Copies the objects of the server of a data folder, as of one moment, into a new file. A
// server that runs there makes the copy itself, without stopping for it; otherwise this
// process does. kAlreadyExists: the file is there.
absl::Status RunBackup(const std::string& data_dir, const std::string& file);

// Fills a data folder that has no objects with those of a backup. Revisions go on far beyond
// those of the backup, so that clients notice and list anew.
absl::Status RunRestore(const std::string& data_dir, const std::string& file);

// The server's part of a backup: a line that RunBackup has said to its control socket.
// `store` outlives the task.
rt::Task<absl::Status> ServeBackup(store::SqliteStore& store, std::string line);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_SERVER_BACKUP_H_
