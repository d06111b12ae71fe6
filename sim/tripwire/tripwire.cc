// The tripwires: strong definitions of the C library's functions by which a program
// learns something that a simulation must not depend on, or does something that a
// simulation must not do. While simulated code runs they end the process with a
// message; otherwise they are the C library's own.
//
// They are part of every program that links the kernel. Definitions in the
// executable also come before those of shared libraries, so that libstdc++'s clocks
// are caught as well. What the C library does inside itself is not, nor are system
// calls made directly.
//
// Under the sanitizers there are none: those must replace the same functions.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

#include "sim/tripwire/simulation_scope.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define DRYDOCK_NO_TRIPWIRES
#endif
#endif

#ifndef DRYDOCK_NO_TRIPWIRES

namespace {

[[noreturn, gnu::noinline]] void Trip(const char* function) {
  drydock::sim::simulating = false;
  std::fprintf(stderr,
               "tripwire: simulated code called %s(). A simulation may not ask the outside "
               "world: time, randomness, threads, files and sockets come from rt::Env. "
               "(A harness that must, within a run, holds a sim::OutsideScope.)\n",
               function);
  std::abort();
}

template <typename Function>
Function* Real(const char* name) {
  void* const function = dlsym(RTLD_NEXT, name);
  if (function == nullptr) {
    std::fprintf(stderr, "tripwire: the C library has no %s()\n", name);
    std::abort();
  }
  return reinterpret_cast<Function*>(function);
}

}  // namespace

// Defines `name` as a tripwire in front of the C library's function of that name.
#define DRYDOCK_TRIPWIRE(result, name, parameters, arguments)               \
  extern "C" result name parameters {                                       \
    static result(*const real) parameters = Real<result parameters>(#name); \
    if (drydock::sim::simulating) [[unlikely]]                              \
      Trip(#name);                                                          \
    return real arguments;                                                  \
  }

// Time.
DRYDOCK_TRIPWIRE(time_t, time, (time_t* into), (into))
DRYDOCK_TRIPWIRE(int, gettimeofday, (timeval * into, void* zone), (into, zone))
DRYDOCK_TRIPWIRE(int, clock_gettime, (clockid_t clock, timespec* into), (clock, into))
DRYDOCK_TRIPWIRE(int, timespec_get, (timespec * into, int base), (into, base))
DRYDOCK_TRIPWIRE(int, nanosleep, (const timespec* how_long, timespec* left), (how_long, left))
DRYDOCK_TRIPWIRE(int, clock_nanosleep,
                 (clockid_t clock, int flags, const timespec* when, timespec* left),
                 (clock, flags, when, left))
DRYDOCK_TRIPWIRE(int, usleep, (useconds_t how_long), (how_long))
DRYDOCK_TRIPWIRE(unsigned, sleep, (unsigned how_long), (how_long))

// Randomness.
DRYDOCK_TRIPWIRE(ssize_t, getrandom, (void* into, size_t size, unsigned flags), (into, size, flags))
DRYDOCK_TRIPWIRE(int, getentropy, (void* into, size_t size), (into, size))
DRYDOCK_TRIPWIRE(int, rand, (), ())
DRYDOCK_TRIPWIRE(long, random, (), ())
DRYDOCK_TRIPWIRE(double, drand48, (), ())
// std::random_device::operator(), which reads the processor's generator.
DRYDOCK_TRIPWIRE(unsigned, _ZNSt13random_device9_M_getvalEv, (void* device), (device))

// Threads and processes.
DRYDOCK_TRIPWIRE(int, pthread_create,
                 (pthread_t * into, const pthread_attr_t* attributes, void* (*start)(void*),
                  void* argument),
                 (into, attributes, start, argument))
DRYDOCK_TRIPWIRE(int, thrd_create, (thrd_t * into, thrd_start_t start, void* argument),
                 (into, start, argument))
DRYDOCK_TRIPWIRE(pid_t, fork, (), ())

// Files, sockets, the host.
DRYDOCK_TRIPWIRE(FILE*, fopen, (const char* path, const char* mode), (path, mode))
DRYDOCK_TRIPWIRE(FILE*, fopen64, (const char* path, const char* mode), (path, mode))
DRYDOCK_TRIPWIRE(int, socket, (int domain, int type, int protocol), (domain, type, protocol))
DRYDOCK_TRIPWIRE(int, gethostname, (char* into, size_t size), (into, size))
DRYDOCK_TRIPWIRE(char*, getenv, (const char* name), (name))

// These have a third argument only when they create a file; passing it on when it is
// not there hands over an undefined value that nobody reads.
#define DRYDOCK_OPEN_TRIPWIRE(name)                                                            \
  extern "C" int name(const char* path, int flags, ...) {                                      \
    static int (*const real)(const char*, int, ...) = Real<int(const char*, int, ...)>(#name); \
    if (drydock::sim::simulating) [[unlikely]]                                                 \
      Trip(#name);                                                                             \
    va_list arguments;                                                                         \
    va_start(arguments, flags);                                                                \
    const auto mode = static_cast<mode_t>(va_arg(arguments, unsigned));                        \
    va_end(arguments);                                                                         \
    return real(path, flags, mode);                                                            \
  }

DRYDOCK_OPEN_TRIPWIRE(open)
DRYDOCK_OPEN_TRIPWIRE(open64)

#define DRYDOCK_OPENAT_TRIPWIRE(name)                                   \
  extern "C" int name(int folder, const char* path, int flags, ...) {   \
    static int (*const real)(int, const char*, int, ...) =              \
        Real<int(int, const char*, int, ...)>(#name);                   \
    if (drydock::sim::simulating) [[unlikely]]                          \
      Trip(#name);                                                      \
    va_list arguments;                                                  \
    va_start(arguments, flags);                                         \
    const auto mode = static_cast<mode_t>(va_arg(arguments, unsigned)); \
    va_end(arguments);                                                  \
    return real(folder, path, flags, mode);                             \
  }

DRYDOCK_OPENAT_TRIPWIRE(openat)
DRYDOCK_OPENAT_TRIPWIRE(openat64)

#endif  // DRYDOCK_NO_TRIPWIRES
