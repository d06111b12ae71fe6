// Boost.Beast's parser reads requests; it does no I/O of its own.
#include "real/http/connection.h"

#include <exception>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/api/status.h"

namespace drydock::real {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

// What a peer may send ahead while it is being answered.
constexpr size_t kReadAhead = 64 << 10;
// An answer is written in pieces of this size.
constexpr size_t kPiece = 256 << 10;
// After an answer to a request that was not read to its end, what is still on the way is
// taken off the network for a while: a reset would take the answer with it.
constexpr absl::Duration kLinger = absl::Seconds(2);
constexpr size_t kLingerBytes = 8 << 20;

std::string ToString(boost::beast::string_view text) {
  return std::string(text.data(), text.size());
}

HttpRequest HeadOf(const http::request<http::string_body>& message) {
  HttpRequest request;
  request.method = ToString(message.method_string());
  request.target = ToString(message.target());
  for (const auto& field : message) {
    request.headers.emplace_back(ToString(field.name_string()), ToString(field.value()));
  }
  return request;
}

HttpResponse Refusal(const boost::system::error_code& error, const HttpLimits& limits) {
  if (error == http::error::body_limit) {
    return ErrorResponse("RequestEntityTooLarge",
                         absl::StrCat("Request entity too large: limit is ", limits.body_bytes));
  }
  HttpResponse response = ErrorResponse(
      "BadRequest", absl::StrCat("the request is no valid HTTP/1.1: ", error.message()));
  if (error == http::error::header_limit) {
    response.code = 431;
    response.content_type = "text/plain; charset=utf-8";
    response.body = "Request Header Fields Too Large\n";
  }
  return response;
}

// Beast's container of headers throws at names and values of 64 KiB. The limit of the head
// is below that; this is the boundary all the same, as nothing may throw in a task.
size_t Feed(Parser& parser, const std::string& input, boost::system::error_code* error) {
  try {
    return parser.put(boost::asio::buffer(input), *error);
  } catch (const std::exception&) {
    *error = http::error::header_limit;
    return 0;
  }
}

std::string Chunk(absl::string_view bytes) {
  return absl::StrCat(absl::Hex(bytes.size()), "\r\n", bytes, "\r\n");
}

std::string HeadOf(const HttpResponse& response, absl::Time now, bool keep_alive, bool chunked) {
  std::string head = absl::StrCat(
      "HTTP/1.1 ", response.code, " ", ReasonPhrase(response.code),
      "\r\nContent-Type: ", response.content_type,
      "\r\nDate: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone()));
  if (FindHeader(response.headers, "Cache-Control").empty()) {
    absl::StrAppend(&head, "\r\nCache-Control: no-cache, private");
  }
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&head, "\r\n", name, ": ", value);
  }
  if (response.stream == nullptr) {
    absl::StrAppend(&head, "\r\nContent-Length: ", response.body.size());
  } else if (chunked) {
    absl::StrAppend(&head, "\r\nTransfer-Encoding: chunked");
  }
  if (!keep_alive) absl::StrAppend(&head, "\r\nConnection: close");
  return absl::StrCat(head, "\r\n\r\n");
}

}  // namespace

HttpConnection::HttpConnection(rt::Executor& executor, std::unique_ptr<ByteStream> stream,
                               HttpHandler& handler, const HttpLimits& limits, HttpMetrics& metrics)
    : executor_(executor),
      stream_(std::move(stream)),
      handler_(handler),
      limits_(limits),
      metrics_(metrics) {
  ++metrics_.open;
}

HttpConnection::~HttpConnection() {
  --metrics_.open;
  metrics_.body_bytes -= body_share_;
}

rt::Task<HttpConnection::Received> HttpConnection::Receive() {
  Parser parser;
  parser.eager(true);
  parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
  parser.body_limit(limits_.body_bytes);
  std::optional<HttpRequest> head;
  bool begun = false;
  rt::Instant deadline = executor_.Now() + limits_.idle_timeout;
  for (;;) {
    if (!input_.empty()) {
      if (!begun) {
        begun = true;
        deadline = executor_.Now() + limits_.header_timeout;
      }
      idle_ = false;
      boost::system::error_code error;
      const size_t used = Feed(parser, input_, &error);
      input_.erase(0, used);
      if (error && error != http::error::need_more) {
        ++metrics_.malformed;
        co_return Received{.refusal = Refusal(error, limits_)};
      }
      if (!head.has_value() && parser.is_header_done()) {
        head = HeadOf(parser.get());
        head->peer = stream_->Peer();
        if (std::optional<HttpResponse> refusal = handler_.Screen(*head)) {
          // The connection stays of use if there is nothing left of the request.
          co_return Received{.refusal = std::move(refusal),
                             .keep_alive = parser.is_done() && parser.keep_alive()};
        }
        deadline = executor_.Now() + limits_.body_timeout;
        if (!parser.is_done() &&
            absl::EqualsIgnoreCase(FindHeader(head->headers, "Expect"), "100-continue")) {
          const absl::Status sent = co_await stream_->Write(
              "HTTP/1.1 100 Continue\r\n\r\n", executor_.Now() + limits_.write_timeout);
          if (!sent.ok()) co_return Received();
        }
      }
      if (head.has_value()) {
        const size_t share = parser.get().body().size();
        metrics_.body_bytes += share - body_share_;
        body_share_ = share;
        if (metrics_.body_bytes > limits_.all_body_bytes) {
          ++metrics_.malformed;
          HttpResponse busy = ErrorResponse(
              "ServiceUnavailable", "too much is being sent to the server, please try again later");
          busy.headers.emplace_back("Retry-After", "1");
          co_return Received{.refusal = std::move(busy)};
        }
      }
      if (parser.is_done()) {
        Received received{.keep_alive = parser.keep_alive(),
                          .chunked = parser.get().version() >= 11};
        head->body = std::move(parser.get().body());
        received.request = std::move(head);
        co_return received;
      }
    }
    const absl::StatusOr<absl::string_view> more = co_await stream_->Read(deadline);
    if (!more.ok() || more->empty()) {
      if (!begun) co_return Received();
      ++metrics_.malformed;
      if (more.ok() || !absl::IsDeadlineExceeded(more.status())) co_return Received();
      HttpResponse late = ErrorResponse("Timeout", "the request did not arrive in time");
      late.code = 408;
      co_return Received{.refusal = std::move(late)};
    }
    input_.append(more->data(), more->size());
  }
}

rt::Task<> HttpConnection::ServeInto(HttpHandler& handler, HttpRequest request,
                                     rt::Completion<HttpResponse>& done) {
  done.Set(co_await handler.Serve(std::move(request)));
}

rt::Task<HttpResponse> HttpConnection::Answer(HttpRequest request) {
  rt::Completion<HttpResponse> done(executor_);
  rt::TaskGroup work;
  work.Spawn(ServeInto(handler_, std::move(request), done));
  std::optional<HttpResponse> response =
      co_await done.WaitUntil(executor_.Now() + limits_.request_timeout);
  if (response.has_value()) co_return *std::move(response);
  co_return ErrorResponse(
      "Timeout",
      "Timeout: request did not complete within requested timeout - context deadline exceeded");
}

rt::Task<> HttpConnection::Pump(BodyStream& body, bool chunked, rt::Completion<Ending>& ended) {
  for (;;) {
    std::optional<std::string> piece = co_await body.Next();
    if (!piece.has_value()) break;
    writing_ = true;
    const absl::Status sent = co_await stream_->Write(chunked ? Chunk(*piece) : *std::move(piece),
                                                      executor_.Now() + limits_.write_timeout);
    writing_ = false;
    if (!sent.ok()) {
      ended.Set(Ending::kBroken);
      co_return;
    }
    if (finishing_) break;
  }
  ended.Set(Ending::kComplete);
}

// What a client sends during a watch is its next request; it waits for its turn.
rt::Task<> HttpConnection::AwaitHangUp(rt::Completion<Ending>& ended) {
  while (input_.size() < kReadAhead) {
    const absl::StatusOr<absl::string_view> more = co_await stream_->Read(absl::InfiniteDuration());
    if (!more.ok() || more->empty()) {
      ended.Set(Ending::kPeerGone);
      co_return;
    }
    input_.append(more->data(), more->size());
  }
}

rt::Task<bool> HttpConnection::SendStream(BodyStream& body, bool chunked) {
  rt::Completion<Ending> ended(executor_);
  ++metrics_.streams;
  ending_ = &ended;
  Ending ending = Ending::kBroken;
  {
    rt::TaskGroup work;
    work.Spawn(AwaitHangUp(ended));
    work.Spawn(Pump(body, chunked, ended));
    ending = *co_await ended.WaitUntil(absl::InfiniteDuration());
  }
  ending_ = nullptr;
  --metrics_.streams;
  if (ending == Ending::kBroken || ending == Ending::kPeerGone) co_return false;
  if (!chunked) co_return true;
  const absl::Status sent =
      co_await stream_->Write("0\r\n\r\n", executor_.Now() + limits_.write_timeout);
  co_return sent.ok();
}

rt::Task<bool> HttpConnection::Send(HttpResponse response, bool head_only, bool keep_alive,
                                    bool chunked) {
  std::string piece = HeadOf(response, executor_.WallNow(), keep_alive, chunked);
  const std::string body =
      response.stream == nullptr && !head_only ? std::move(response.body) : std::string();
  // In pieces, so that the time-out is one of progress and not of the size of the answer.
  for (size_t sent = 0;;) {
    const absl::string_view next = absl::string_view(body).substr(sent, kPiece);
    piece.append(next.data(), next.size());
    sent += next.size();
    const absl::Status written =
        co_await stream_->Write(std::move(piece), executor_.Now() + limits_.write_timeout);
    if (!written.ok()) co_return false;
    if (sent == body.size()) break;
    piece.clear();
  }
  if (response.stream == nullptr || head_only) co_return true;
  co_return co_await SendStream(*response.stream, chunked);
}

rt::Task<> HttpConnection::Linger() {
  stream_->FinishWriting();
  const rt::Instant deadline = executor_.Now() + kLinger;
  for (size_t dropped = 0; dropped < kLingerBytes;) {
    const absl::StatusOr<absl::string_view> more = co_await stream_->Read(deadline);
    if (!more.ok() || more->empty()) break;
    dropped += more->size();
  }
}

rt::Task<> HttpConnection::Run() {
  const absl::Status safe = co_await stream_->Handshake(executor_.Now() + limits_.header_timeout);
  if (!safe.ok()) {
    ++metrics_.malformed;
    co_return;
  }
  while (!finishing_) {
    idle_ = true;
    Received received = co_await Receive();
    idle_ = false;
    if (!received.request.has_value() && !received.refusal.has_value()) co_return;
    bool keep_alive = received.keep_alive && !finishing_;
    HttpResponse response;
    bool head_only = false;
    if (received.request.has_value()) {
      head_only = received.request->method == "HEAD";
      response = co_await Answer(*std::move(received.request));
      metrics_.body_bytes -= std::exchange(body_share_, 0);
      keep_alive = keep_alive && !finishing_;
      if (response.stream != nullptr && !received.chunked) keep_alive = false;
    } else {
      response = *std::move(received.refusal);
    }
    const bool sent = co_await Send(std::move(response), head_only, keep_alive, received.chunked);
    if (!sent) co_return;
    if (!keep_alive) break;
  }
  co_await Linger();
}

void HttpConnection::Finish() {
  finishing_ = true;
  // In the middle of a piece, the stream ends after it.
  if (ending_ != nullptr && !writing_) ending_->Set(Ending::kFinished);
}

}  // namespace drydock::real
