// Start, signals, and an end in good order.
#include "real/server/server.h"

#include <csignal>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "real/asio/await_io.h"
#include "real/host/files.h"
#include "real/host/host_env.h"
#include "real/http/api_handler.h"
#include "real/http/http_server.h"
#include "real/http/tls.h"
#include "real/pki/pki.h"
#include "real/pki/token_key.h"
#include "real/server/backup.h"
#include "real/server/control_plane.h"
#include "real/server/control_socket.h"
#include "real/server/store_factory.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/object_codec.h"
#include "src/rt/status_macros.h"

namespace drydock::real {
namespace {

constexpr absl::Duration kReadyPoll = absl::Milliseconds(5);
constexpr absl::Duration kStorePoll = absl::Seconds(1);
// Requests in work and watches have so long to end.
constexpr absl::Duration kPatience = absl::Seconds(10);

// Every name that this server may be reached by.
std::vector<std::string> NamesOf(const boost::asio::ip::tcp::endpoint& endpoint) {
  std::vector<std::string> names = {"localhost",
                                    "127.0.0.1",
                                    "::1",
                                    "kubernetes",
                                    "kubernetes.default",
                                    "kubernetes.default.svc",
                                    "kubernetes.default.svc.cluster.local",
                                    "10.96.0.1",  // The first address of Services.
                                    HostName()};
  const boost::asio::ip::address address = endpoint.address();
  if (!address.is_unspecified() && !address.is_loopback()) names.push_back(address.to_string());
  return names;
}

std::string UrlOf(const boost::asio::ip::tcp::endpoint& endpoint, bool tls) {
  std::string host = endpoint.address().to_string();
  if (endpoint.address().is_unspecified()) host = "127.0.0.1";
  if (host.find(':') != std::string::npos) host = absl::StrCat("[", host, "]");
  return absl::StrCat(tls ? "https://" : "http://", host, ":", endpoint.port());
}

// A server has a connection for each client: as many as the system lets it have.
void RaiseFileLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Asio gives signals their default meaning back when it is done with them: a second one must
// not kill a process that is taking itself down.
void BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
}

ApiHandlerOptions HandlerOptions(const ServerConfig& config) {
  ApiHandlerOptions options;
  options.git_version = config.git_version;
  if (config.insecure_http) {
    options.without_certificate =
        api::User{.name = "system:unsecured", .groups = {"system:masters"}};
    options.hosts = {"localhost", "127.0.0.1", "[::1]"};
  }
  return options;
}

absl::StatusOr<apiserver::AccessOptions> AccessOptionsOf(const ServerConfig& config) {
  apiserver::AccessOptions access;
  access.default_service_accounts = true;
  for (const absl::string_view mode : absl::StrSplit(config.authorization_mode, ',')) {
    if (mode == "Node") {
      access.node = true;
    } else if (mode == "RBAC") {
      access.rbac = true;
    } else if (mode != "AlwaysAllow" || config.authorization_mode != mode) {
      return absl::InvalidArgumentError(
          absl::StrCat("--authorization-mode: expected Node, RBAC, or AlwaysAllow alone, got \"",
                       config.authorization_mode, "\""));
    }
  }
  if (config.token_auth_file.empty()) return access;
  const absl::StatusOr<std::string> text = ReadFile(config.token_auth_file);
  if (!text.ok()) return text.status();
  auto tokens = apiserver::ParseTokenFile(*text);
  if (!tokens.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(config.token_auth_file, ": ", tokens.status().message()));
  }
  access.static_tokens = *std::move(tokens);
  return access;
}

// Everything between the start and the end of one server.
class Process {
 public:
  Process(boost::asio::io_context& io, ServerConfig config)
      : io_(io), config_(std::move(config)), env_(io, HostName()), signals_(io) {}

  absl::Status Prepare();
  void Start() {
    plane_->Start();
    tasks_.Spawn(http_->Run());
    tasks_.Spawn(AnnounceWhenReady());
    tasks_.Spawn(StopOnSignal());
    if (store_.durable != nullptr) {
      tasks_.Spawn(StopWhenStoreFails());
      tasks_.Spawn(control_->Run());
    }
  }
  const absl::Status& outcome() const { return outcome_; }

 private:
  absl::Status ListenForCommands();
  absl::Status MakeTls();
  rt::Task<> AnnounceWhenReady();
  rt::Task<> StopWhenStoreFails();
  rt::Task<> StopOnSignal();

  boost::asio::io_context& io_;
  const ServerConfig config_;
  HostEnv env_;
  boost::asio::signal_set signals_;
  apiserver::ObjectCodec codec_;
  StoreForm store_;
  std::unique_ptr<ControlSocket> control_;
  std::unique_ptr<apiserver::TokenSigner> signer_;
  std::unique_ptr<Pki> pki_;
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<ControlPlane> plane_;
  std::unique_ptr<ApiHandler> handler_;
  std::unique_ptr<HttpServer> http_;
  absl::Status outcome_;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

absl::Status Process::ListenForCommands() {
  absl::StatusOr<std::unique_ptr<ControlSocket>> control = ControlSocket::Listen(
      io_, env_.executor(), config_.data_dir,
      [this](std::string line) { return ServeBackup(*store_.durable, std::move(line)); });
  if (!control.ok()) return control.status();
  control_ = *std::move(control);
  return absl::OkStatus();
}

absl::Status Process::MakeTls() {
  if (config_.insecure_http) return absl::OkStatus();
  const absl::StatusOr<boost::asio::ip::tcp::endpoint> endpoint = ParseEndpoint(config_.listen);
  if (!endpoint.ok()) return endpoint.status();
  absl::StatusOr<Pki> pki = EnsurePki(absl::StrCat(config_.data_dir, "/pki"), NamesOf(*endpoint),
                                      env_.executor().WallNow());
  if (!pki.ok()) return pki.status();
  pki_ = std::make_unique<Pki>(*std::move(pki));
  absl::StatusOr<std::unique_ptr<TlsContext>> tls = TlsContext::Create(
      pki_->server.certificate, pki_->server.private_key, pki_->authority.certificate);
  if (!tls.ok()) return tls.status();
  tls_ = *std::move(tls);
  return absl::OkStatus();
}

absl::Status Process::Prepare() {
  RETURN_IF_ERROR(MakePrivateFolder(config_.data_dir));
  absl::StatusOr<StoreForm> store = MakeStore(config_.store, config_.data_dir, env_, codec_);
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  if (store_.durable != nullptr) {
    RETURN_IF_ERROR(ListenForCommands());
  }
  RETURN_IF_ERROR(MakeTls());
  const std::string pki_folder = absl::StrCat(config_.data_dir, "/pki");
  RETURN_IF_ERROR(MakePrivateFolder(pki_folder));
  absl::StatusOr<std::unique_ptr<apiserver::TokenSigner>> signer =
      EnsureTokenSigner(absl::StrCat(pki_folder, "/sa.key"));
  if (!signer.ok()) return signer.status();
  signer_ = *std::move(signer);
  absl::StatusOr<apiserver::AccessOptions> access = AccessOptionsOf(config_);
  if (!access.ok()) return access.status();
  access->signer = signer_.get();
  absl::StatusOr<std::unique_ptr<ControlPlane>> plane =
      ControlPlane::Create(env_, *store_.store, *std::move(access));
  if (!plane.ok()) return plane.status();
  plane_ = *std::move(plane);
  handler_ = std::make_unique<ApiHandler>(plane_->api(), env_.executor(), HandlerOptions(config_));
  absl::StatusOr<std::unique_ptr<HttpServer>> http = HttpServer::Listen(
      io_, env_.executor(), *handler_, {.address = config_.listen, .tls = tls_.get()});
  if (!http.ok()) return http.status();
  http_ = *std::move(http);
  handler_->SetHttpMetrics(http_->metrics());
  boost::system::error_code error;
  for (const int signal : {SIGTERM, SIGINT}) {
    signals_.add(signal, error);
    if (error) return absl::InternalError(absl::StrCat("signals: ", error.message()));
  }
  if (store_.durable == nullptr) {
    std::cerr << "drydock: the store is in memory: nothing is kept when this process ends\n";
  }
  if (config_.insecure_http) {
    std::cerr << "drydock: plain HTTP without authentication: whoever can use this machine is "
                 "an administrator of the cluster\n";
  }
  return absl::OkStatus();
}

rt::Task<> Process::AnnounceWhenReady() {
  while (!plane_->api().ready()) co_await env_.executor().SleepFor(kReadyPoll);
  const std::string url = UrlOf(http_->endpoint(), tls_ != nullptr);
  const std::string path = config_.kubeconfig.empty()
                               ? absl::StrCat(config_.data_dir, "/admin.kubeconfig")
                               : config_.kubeconfig;
  const absl::Status written = WriteFile(path, Kubeconfig(url, pki_.get()), kOwnerOnly);
  if (!written.ok()) {
    outcome_ = written;
    io_.stop();
    co_return;
  }
  std::cerr << "drydock: ready at " << url << ", kubeconfig in " << path << "\n";
}

// After an error of the disk nobody knows what is durable: a new process reads it anew.
rt::Task<> Process::StopWhenStoreFails() {
  while (store_.durable->failed().ok()) co_await env_.executor().SleepFor(kStorePoll);
  outcome_ = store_.durable->failed();
  io_.stop();
}

rt::Task<> Process::StopOnSignal() {
  boost::asio::signal_set& signals = signals_;
  co_await AwaitIo(env_.executor(), absl::InfiniteDuration(), nullptr,
                   [&signals](auto handler) { signals.async_wait(std::move(handler)); });
  std::cerr << "drydock: stopping\n";
  handler_->BeginShutdown();
  plane_->StopComponents();
  co_await http_->Finish(kPatience);
  io_.stop();
}

}  // namespace

absl::Status RunServer(const ServerConfig& config) {
  RaiseFileLimit();
  boost::asio::io_context io(1);
  Process process(io, config);
  RETURN_IF_ERROR(process.Prepare());
  process.Start();
  io.run();
  BlockSignals();
  return process.outcome();
}

}  // namespace drydock::real
