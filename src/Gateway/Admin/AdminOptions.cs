using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Gateway.Configuration;
using Gateway.Core.Options;

namespace Gateway.Admin;

/// <summary>The admin side: health, metrics, the API for backends and operators, and the console page. Never exposed to clients.</summary>
internal sealed class AdminOptions
{
    [Description("IP address and port of health, metrics, API and console. Port 0 takes a free one. Beyond loopback, API and console need a key: ApiKey, PublishKey or ReadKey.")]
    [Required]
    public string Address { get; set; } = "127.0.0.1:8081";

    [Description("An operator's key, which may do everything: API and console ask for it, as 'Authorization: Bearer <key>'. 16 characters or more, such as openssl rand -hex 32 prints. Without any key: open on loopback, closed elsewhere.")]
    [RegularExpression("^[!-~]{0,512}$", ErrorMessage = "may hold visible ASCII characters without spaces, 512 at most")]
    [Secret]
    public string ApiKey { get; set; } = "";

    [Description("File with that key, or several, one a line, such as a mounted Secret; read again every few seconds, so that keys are changed without a restart. Empty: none. Not both.")]
    [ExistingFile]
    public string ApiKeyPath { get; set; } = "";

    [Description("Key that may publish and nothing else, for backends. 16 characters or more. Empty: none.")]
    [RegularExpression("^[!-~]{0,512}$", ErrorMessage = "may hold visible ASCII characters without spaces, 512 at most")]
    [Secret]
    public string PublishKey { get; set; } = "";

    [Description("File with that key, or several, as ApiKeyPath. Not both.")]
    [ExistingFile]
    public string PublishKeyPath { get; set; } = "";

    [Description("Key that may look at everything and change nothing, neither publish: for dashboards, and people who look. 16 characters or more. Empty: none.")]
    [RegularExpression("^[!-~]{0,512}$", ErrorMessage = "may hold visible ASCII characters without spaces, 512 at most")]
    [Secret]
    public string ReadKey { get; set; } = "";

    [Description("File with that key, or several, as ApiKeyPath. Not both.")]
    [ExistingFile]
    public string ReadKeyPath { get; set; } = "";
}
