// The HTTP server at its bounds, which are small here.
#include "real/http/http_server.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "real/asio/asio_executor.h"
#include "real/asio/await_io.h"
#include "src/rt/task.h"

namespace drydock::real {
namespace {

using boost::asio::ip::tcp;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Pieces without end, as fast as they are taken.
class Flood final : public BodyStream {
 public:
  explicit Flood(int& alive) : alive_(alive) { ++alive_; }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;
  ~Flood() override { --alive_; }
  rt::Task<std::optional<std::string>> Next() override { co_return std::string(64 << 10, 'x'); }

 private:
  int& alive_;
};

// One piece, and then nothing for ever.
class Quiet final : public BodyStream {
 public:
  Quiet(rt::Executor& executor, int& alive) : executor_(executor), alive_(alive) { ++alive_; }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() override { --alive_; }
  rt::Task<std::optional<std::string>> Next() override {
    if (!std::exchange(begun_, true)) co_return "first\n";
    co_await executor_.SleepFor(absl::InfiniteDuration());
    co_return std::nullopt;
  }

 private:
  rt::Executor& executor_;
  int& alive_;
  bool begun_ = false;
};

class Handler final : public HttpHandler {
 public:
  explicit Handler(rt::Executor& executor) : executor_(executor) {}

  std::optional<HttpResponse> Screen(const HttpRequest&) override { return std::nullopt; }
  rt::Task<HttpResponse> Serve(HttpRequest request) override {
    HttpResponse response;
    response.content_type = "text/plain";
    if (request.target == "/sleep") {
      co_await executor_.SleepFor(absl::InfiniteDuration());
    } else if (request.target == "/nap") {
      co_await executor_.SleepFor(absl::Milliseconds(100));
      response.body = "slept";
    } else if (request.target == "/flood") {
      response.stream = std::make_unique<Flood>(streams);
    } else if (request.target == "/quiet") {
      response.stream = std::make_unique<Quiet>(executor_, streams);
    } else {
      response.body = request.body;
    }
    co_return response;
  }

  int streams = 0;  // That live.

 private:
  rt::Executor& executor_;
};

class HttpServerTest : public testing::Test {
 protected:
  void Start(HttpLimits limits) {
    absl::StatusOr<std::unique_ptr<HttpServer>> server =
        HttpServer::Listen(io_, executor_, handler_, {.address = "127.0.0.1:0", .limits = limits});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    tasks_.Spawn(server_->Run());
  }

  std::shared_ptr<tcp::socket> Connect() {
    auto socket = std::make_shared<tcp::socket>(io_);
    socket->connect(server_->endpoint());  // The kernel accepts it.
    return socket;
  }
  void Send(tcp::socket& socket, const std::string& text) {
    boost::asio::write(socket, boost::asio::buffer(text));
  }
  template <typename Condition>
  void RunUntil(Condition condition) {
    while (!condition()) io_.run_one();
  }
  // All until the server closes.
  std::string Receive(const std::shared_ptr<tcp::socket>& socket) {
    std::optional<std::string> received;
    tasks_.Spawn(ReceiveInto(executor_, socket, "", received));
    RunUntil([&] { return received.has_value(); });
    return *received;
  }
  std::string ReceiveUntil(const std::shared_ptr<tcp::socket>& socket, std::string end) {
    std::optional<std::string> received;
    tasks_.Spawn(ReceiveInto(executor_, socket, std::move(end), received));
    RunUntil([&] { return received.has_value(); });
    return *received;
  }
  static rt::Task<> ReceiveInto(rt::Executor& executor, std::shared_ptr<tcp::socket> socket,
                                std::string end, std::optional<std::string>& out) {
    std::string text;
    const auto buffer = std::make_shared<std::string>(64 << 10, '\0');
    while (end.empty() || !absl::StrContains(text, end)) {
      const IoResult result = co_await AwaitIo(
          executor, absl::InfiniteDuration(), buffer, [&socket, &buffer](auto handler) {
            socket->async_read_some(boost::asio::buffer(*buffer), std::move(handler));
          });
      if (result.error) break;
      text.append(buffer->data(), result.bytes);
    }
    out = std::move(text);
  }

  boost::asio::io_context io_{1};
  AsioExecutor executor_{io_};
  Handler handler_{executor_};
  std::unique_ptr<HttpServer> server_;
  rt::TaskGroup tasks_;
};

TEST_F(HttpServerTest, AnswersARequestWhoseHeadIsSlow) {
  Start({.header_timeout = absl::Milliseconds(50)});
  const auto socket = Connect();
  Send(*socket, "GET / HTT");
  EXPECT_THAT(Receive(socket), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_EQ(server_->metrics().malformed, 1u);
}

TEST_F(HttpServerTest, AnswersARequestWhoseBodyIsSlow) {
  Start({.body_timeout = absl::Milliseconds(50)});
  const auto socket = Connect();
  Send(*socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_THAT(Receive(socket), StartsWith("HTTP/1.1 408 "));
  RunUntil([&] { return server_->metrics().open == 0; });
  EXPECT_EQ(server_->metrics().body_bytes, 0u);
}

TEST_F(HttpServerTest, ClosesAnIdleConnectionWithoutAWord) {
  Start({.idle_timeout = absl::Milliseconds(50)});
  EXPECT_EQ(Receive(Connect()), "");
  EXPECT_EQ(server_->metrics().malformed, 0u);
}

TEST_F(HttpServerTest, AnswersForAHandlerThatTakesTooLong) {
  Start({.request_timeout = absl::Milliseconds(50)});
  const auto socket = Connect();
  Send(*socket, "GET /sleep HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(Receive(socket), StartsWith("HTTP/1.1 504 "));
}

TEST_F(HttpServerTest, ClosesConnectionsBeyondTheLimit) {
  Start({.connections = 2});
  const auto first = Connect();
  const auto second = Connect();
  EXPECT_EQ(Receive(Connect()), "");
  EXPECT_EQ(server_->metrics().refused, 1u);
  // One goes, and there is room again.
  first->close();
  RunUntil([&] { return server_->metrics().open == 1; });
  const auto third = Connect();
  Send(*third, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(Receive(third), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(HttpServerTest, RefusesBodiesThatAreTooMuchTogether) {
  Start({.all_body_bytes = 1000});
  const auto first = Connect();
  Send(*first, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n" + std::string(800, 'a'));
  RunUntil([&] { return server_->metrics().body_bytes == 800; });
  const auto second = Connect();
  const std::string request =
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 300\r\n\r\n" +
      std::string(300, 'b');
  Send(*second, request);
  const std::string refused = Receive(second);
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("Retry-After: 1\r\n"));
  first->close();
  RunUntil([&] { return server_->metrics().body_bytes == 0; });
  const auto third = Connect();
  Send(*third, request);
  EXPECT_THAT(Receive(third), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(HttpServerTest, SurvivesAHeaderThatTheParserThrowsAt) {
  Start({.header_bytes = 1 << 20});
  const auto socket = Connect();
  Send(*socket, "GET / HTTP/1.1\r\nA: " + std::string(70'000, 'b') + "\r\n\r\n");
  EXPECT_THAT(Receive(socket), StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, SendsALargeAnswerWhole) {
  Start({});
  const std::string body(1'000'003, 'y');
  const auto socket = Connect();
  std::optional<std::string> answer;
  tasks_.Spawn(ReceiveInto(executor_, socket, "", answer));
  const auto request = std::make_shared<std::string>(absl::StrCat(
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ", body.size(),
      "\r\n\r\n", body));
  boost::asio::async_write(*socket, boost::asio::buffer(*request),
                           [request](const boost::system::error_code&, size_t) {});
  RunUntil([&] { return answer.has_value(); });
  EXPECT_THAT(*answer, EndsWith("\r\n\r\n" + body));
}

TEST_F(HttpServerTest, EndsAStreamThatIsNotRead) {
  Start({.write_timeout = absl::Milliseconds(200)});
  const auto socket = Connect();
  Send(*socket, "GET /flood HTTP/1.1\r\nHost: x\r\n\r\n");
  RunUntil([&] { return handler_.streams == 1; });
  RunUntil([&] { return server_->metrics().open == 0; });
  EXPECT_EQ(handler_.streams, 0);
  EXPECT_EQ(server_->metrics().streams, 0u);
}

TEST_F(HttpServerTest, EndsAStreamWhoseClientGoes) {
  Start({});
  const auto socket = Connect();
  Send(*socket, "GET /quiet HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(ReceiveUntil(socket, "first"), HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_EQ(server_->metrics().streams, 1u);
  socket->close();
  RunUntil([&] { return handler_.streams == 0; });
  RunUntil([&] { return server_->metrics().open == 0; });
}

TEST_F(HttpServerTest, SendsAStreamAsItIsToAClientOfHttp10) {
  Start({});
  const auto socket = Connect();
  Send(*socket, "GET /quiet HTTP/1.0\r\n\r\n");
  const std::string answer = ReceiveUntil(socket, "first\n");
  EXPECT_THAT(answer, EndsWith("\r\n\r\nfirst\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST_F(HttpServerTest, FinishesInGoodOrder) {
  Start({});
  const auto idle = Connect();
  const auto working = Connect();
  const auto watching = Connect();
  Send(*watching, "GET /quiet HTTP/1.1\r\nHost: x\r\n\r\n");
  ReceiveUntil(watching, "first");
  Send(*working, "GET /nap HTTP/1.1\r\nHost: x\r\n\r\n");
  RunUntil([&] { return server_->metrics().open == 3; });
  // The request has been read when it is served: the streams tell nothing of it, so let it begin.
  for (int i = 0; i < 20; ++i) io_.poll_one();

  bool finished = false;
  struct Finisher {
    static rt::Task<> Run(HttpServer& server, bool& finished) {
      co_await server.Finish(absl::Seconds(30));
      finished = true;
    }
  };
  tasks_.Spawn(Finisher::Run(*server_, finished));
  EXPECT_EQ(Receive(idle), "");
  EXPECT_THAT(Receive(watching), EndsWith("0\r\n\r\n"));
  const std::string answer = Receive(working);
  EXPECT_THAT(answer, EndsWith("slept"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  for (const auto& socket : {idle, working, watching}) socket->close();
  RunUntil([&] { return finished; });
  EXPECT_EQ(handler_.streams, 0);
}

TEST_F(HttpServerTest, DestroyedInTheMiddleOfEverythingLeavesNothing) {
  Start({});
  const auto watching = Connect();
  const auto sleeping = Connect();
  Send(*watching, "GET /flood HTTP/1.1\r\nHost: x\r\n\r\n");
  Send(*sleeping, "GET /sleep HTTP/1.1\r\nHost: x\r\n\r\n");
  RunUntil([&] { return handler_.streams == 1; });
  tasks_.Clear();
  server_.reset();
  EXPECT_EQ(handler_.streams, 0);
  io_.poll();  // The handlers of what was in flight find nobody.
}

TEST(ParseEndpoint, ReadsAddressesAndSaysWhatItExpected) {
  EXPECT_EQ(ParseEndpoint("127.0.0.1:80")->port(), 80);
  EXPECT_TRUE(ParseEndpoint(":80")->address().is_unspecified());
  EXPECT_TRUE(ParseEndpoint("[::1]:80")->address().is_loopback());
  for (const char* text : {"", "80", "host:80", "[::1:80", "1.2.3.4:70000", "1.2.3.4:"}) {
    EXPECT_THAT(std::string(ParseEndpoint(text).status().message()),
                StartsWith("expected ADDRESS:PORT"))
        << text;
  }
}

}  // namespace
}  // namespace drydock::real
