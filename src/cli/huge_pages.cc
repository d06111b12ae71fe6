// Puts the heap of the opt binary on huge pages. A simulation wanders through hundreds of MiB of
// small objects, so with pages of 4 KiB nearly every cache miss is a miss of the address
// translation as well.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

#include <gperftools/malloc_extension.h>
#include <sys/mman.h>

namespace drydock::cli {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

constexpr size_t RoundUp(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

// tcmalloc's source of memory, called under its lock.
class HugePages : public SysAllocator {
 public:
  void* Alloc(size_t size, size_t* actual_size, size_t alignment) override {
    size = RoundUp(size, kHugePage);
    alignment = std::max(alignment, kHugePage);
    // The kernel aligns to 4 KiB: ask for more, and give the ends back.
    void* const mapped = mmap(nullptr, size + alignment, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, /*fd=*/-1, /*offset=*/0);
    if (mapped == MAP_FAILED) return nullptr;
    const uintptr_t from = reinterpret_cast<uintptr_t>(mapped);
    const uintptr_t start = RoundUp(from, alignment);
    char* const block = static_cast<char*>(mapped) + (start - from);
    if (start != from) munmap(mapped, start - from);
    if (const size_t rest = from + alignment - start; rest != 0) munmap(block + size, rest);
    // Where the kernel refuses, ordinary pages do.
    madvise(block, size, MADV_HUGEPAGE);
    if (actual_size != nullptr) *actual_size = size;
    return block;
  }
};

}  // namespace
}  // namespace drydock::cli

// tcmalloc asks for its source of memory through this name before it allocates the first
// byte; nothing here may allocate.
SysAllocator* tc_get_sysalloc_override(SysAllocator* /*standard*/) {
  alignas(drydock::cli::HugePages) static std::byte place[sizeof(drydock::cli::HugePages)];
  return new (place) drydock::cli::HugePages;
}
