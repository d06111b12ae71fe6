// A checksum at the end of each page of a database file.
//
// SQLite notices a damaged tree, but not a damaged value: a page that a crash has torn, or
// a medium that forgets, would be served. SQLite leaves bytes at the end of pages to its
// operating system ("reserved bytes"); as in SQLite's own cksumvfs, pages are sealed when
// they are written and checked when they are read. The write-ahead log has checksums of
// its own.
#ifndef DRYDOCK_SRC_STORE_SQLITE_PAGE_CHECKSUM_H_
#define DRYDOCK_SRC_STORE_SQLITE_PAGE_CHECKSUM_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace drydock::store {

inline constexpr int kPageSize = 4096;
inline constexpr int kReservedBytes = 8;

// `page` has kPageSize bytes and lies at `offset` of its file, which is part of the sum:
// a page that was written to the wrong place is damaged.
void SealPage(char* page, uint64_t offset);
bool PageIsWhole(const char* page, uint64_t offset);

// Whether the beginning of a file says that its pages are sealed.
bool HasSealedPages(absl::string_view header);
inline constexpr int kHeaderSize = 100;

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_PAGE_CHECKSUM_H_
