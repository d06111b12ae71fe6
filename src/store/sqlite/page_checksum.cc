// Sums of pages.
#include "src/store/sqlite/page_checksum.h"

#include "src/rt/payload.h"

namespace drydock::store {
namespace {

// https://sqlite.org/fileformat2.html#the_database_header
constexpr absl::string_view kMagic("SQLite format 3\0", 16);
constexpr size_t kPageSizeAt = 16;  // Two bytes, big-endian.
constexpr size_t kReservedBytesAt = 20;

uint64_t SumOf(const char* page, uint64_t offset) {
  return rt::MixDigest(rt::DigestBytes(page, kPageSize - kReservedBytes), offset);
}

}  // namespace

void SealPage(char* page, uint64_t offset) {
  uint64_t sum = SumOf(page, offset);
  for (int i = 0; i < kReservedBytes; ++i, sum >>= 8) {
    page[kPageSize - kReservedBytes + i] = static_cast<char>(sum & 0xff);
  }
}

bool PageIsWhole(const char* page, uint64_t offset) {
  uint64_t sum = SumOf(page, offset);
  for (int i = 0; i < kReservedBytes; ++i, sum >>= 8) {
    if (page[kPageSize - kReservedBytes + i] != static_cast<char>(sum & 0xff)) return false;
  }
  return true;
}

bool HasSealedPages(absl::string_view header) {
  return header.size() >= static_cast<size_t>(kHeaderSize) &&
         header.substr(0, kMagic.size()) == kMagic && header[kReservedBytesAt] == kReservedBytes &&
         header[kPageSizeAt] == static_cast<char>(kPageSize >> 8) && header[kPageSizeAt + 1] == 0;
}

}  // namespace drydock::store
