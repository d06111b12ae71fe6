// Becomes Debian's Python with the arguments: run_python SCRIPT [ARGUMENT]...
//
// The tests here are Python scripts, but targets of C++: Bazel's rule for scripts asks for a
// C++ toolchain of the host, which the configuration of the sanitizers does not have.
#include <cstdio>
#include <vector>

#include <unistd.h>

int main(int argc, char** argv) {
  // -B: no compiled files beside the sources.
  std::vector<char*> arguments = {const_cast<char*>("python3"), const_cast<char*>("-B")};
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  std::perror("python3");
  return 127;
}
