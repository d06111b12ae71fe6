// Which answers are compressed, and that they come back whole.
#include "real/http/compression.h"

#include <string>

#include <zlib.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::real {
namespace {

std::string Decompressed(const std::string& bytes, size_t size) {
  z_stream stream = {};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(size + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string Large() {
  std::string body;
  for (int i = 0; body.size() < 4 * kCompressedFrom; ++i) body += std::to_string(i * 7919) + ",";
  return body;
}

TEST(Compress, ShrinksLargeAnswersOfThoseWhoAcceptIt) {
  HttpResponse response;
  response.body = Large();
  const std::string before = response.body;
  Compress("deflate, gzip", &response);
  EXPECT_LT(response.body.size(), before.size() / 2);
  EXPECT_EQ(Decompressed(response.body, before.size()), before);
  EXPECT_EQ(FindHeader(response.headers, "Content-Encoding"), "gzip");
  EXPECT_EQ(FindHeader(response.headers, "Vary"), "Accept-Encoding");
}

TEST(Compress, LeavesTheRestAlone) {
  HttpResponse small;
  small.body = std::string(kCompressedFrom - 1, 'a');
  Compress("gzip", &small);
  EXPECT_EQ(small.body.size(), kCompressedFrom - 1);
  EXPECT_TRUE(small.headers.empty());

  HttpResponse unasked;
  unasked.body = Large();
  Compress("", &unasked);
  EXPECT_EQ(unasked.body, Large());
  EXPECT_EQ(FindHeader(unasked.headers, "Content-Encoding"), "");
  // A cache must not give this one to those who accept more, nor the other way round.
  EXPECT_EQ(FindHeader(unasked.headers, "Vary"), "Accept-Encoding");

  HttpResponse error;
  error.code = 500;
  error.body = Large();
  Compress("gzip", &error);
  EXPECT_EQ(error.body, Large());
}

TEST(AcceptsGzip, ReadsTheHeader) {
  EXPECT_TRUE(AcceptsGzip("gzip"));
  EXPECT_TRUE(AcceptsGzip("br;q=1.0, GZip;q=0.8"));
  EXPECT_TRUE(AcceptsGzip("*"));
  EXPECT_FALSE(AcceptsGzip(""));
  EXPECT_FALSE(AcceptsGzip("identity"));
  EXPECT_FALSE(AcceptsGzip("gzip; q=0"));
  EXPECT_FALSE(AcceptsGzip("gzip;q=much"));
}

}  // namespace
}  // namespace drydock::real
